package org.fedbiot.schemas.wire;

import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** Both directions, as Kafka Streams wants them. */
public final class EventSerde implements Serde<SpecificRecord> {

    private final EventSerializer serializer;
    private final EventDeserializer deserializer;

    /** For Kafka Streams, which calls {@link #configure} next. */
    public EventSerde() {
        this.serializer = new EventSerializer();
        this.deserializer = new EventDeserializer();
    }

    public EventSerde(SchemaRegistry registry) {
        this.serializer = new EventSerializer(registry);
        this.deserializer = new EventDeserializer(registry);
    }

    @Override
    public void configure(Map<String, ?> configuration, boolean isKey) {
        serializer.configure(configuration, isKey);
        deserializer.configure(configuration, isKey);
    }

    @Override
    public Serializer<SpecificRecord> serializer() {
        return serializer;
    }

    @Override
    public Deserializer<SpecificRecord> deserializer() {
        return deserializer;
    }
}
