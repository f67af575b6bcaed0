package org.fedbiot.cli.simulation;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.fedbiot.schemas.wire.EventDeserializer;
import org.fedbiot.schemas.wire.EventSerializer;

/**
 * Stands in for serdes of somebody else, named by their class in Kafka's settings and by nothing else: notes which
 * topics they were used for.
 */
public final class NotedSerde implements Serde<SpecificRecord> {

    static final Set<String> WRITTEN = ConcurrentHashMap.newKeySet();
    static final Set<String> READ = ConcurrentHashMap.newKeySet();

    /** As a user names Confluent's. */
    static final Map<String, String> SETTINGS = Map.of(
            "value.serializer", Writing.class.getName(),
            "value.deserializer", Reading.class.getName(),
            "default.value.serde", NotedSerde.class.getName());

    private final Writing writing = new Writing();
    private final Reading reading = new Reading();

    @Override
    public void configure(Map<String, ?> configuration, boolean isKey) {
        writing.configure(configuration, isKey);
        reading.configure(configuration, isKey);
    }

    @Override
    public Serializer<SpecificRecord> serializer() {
        return writing;
    }

    @Override
    public Deserializer<SpecificRecord> deserializer() {
        return reading;
    }

    /** As Kafka makes it, by its name. */
    public static final class Writing implements Serializer<SpecificRecord> {

        private final EventSerializer serializer = new EventSerializer();

        @Override
        public void configure(Map<String, ?> configuration, boolean isKey) {
            serializer.configure(configuration, isKey);
        }

        @Override
        public byte[] serialize(String topic, SpecificRecord event) {
            WRITTEN.add(topic);
            return serializer.serialize(topic, event);
        }
    }

    /** As Kafka makes it, by its name. */
    public static final class Reading implements Deserializer<SpecificRecord> {

        private final EventDeserializer deserializer = new EventDeserializer();

        @Override
        public void configure(Map<String, ?> configuration, boolean isKey) {
            deserializer.configure(configuration, isKey);
        }

        @Override
        public SpecificRecord deserialize(String topic, byte[] data) {
            READ.add(topic);
            return deserializer.deserialize(topic, data);
        }
    }
}
