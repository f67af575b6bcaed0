package org.fedbiot.schemas.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads Confluent's wire format into our generated classes: the writer's schema by id from the registry, the reader's
 * is ours. The bytes come from outside, so no length in them is believed before it is checked against what is there.
 * Configuration: {@code schema.registry.url}, {@code basic.auth.user.info}.
 */
public final class EventDeserializer implements Deserializer<SpecificRecord> {

    private SchemaRegistry registry;

    /** For Kafka, which calls {@link #configure} next. */
    public EventDeserializer() {
    }

    public EventDeserializer(SchemaRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void configure(Map<String, ?> configuration, boolean isKey) {
        if (isKey) {
            throw new IllegalArgumentException("record keys are plain strings, not events");
        }
        registry = Registries.of(configuration);
    }

    /**
     * @return null for null, a tombstone
     * @throws SerializationException if this is not one of our events, whole and alone; names the topic and what is
     *     wrong. A {@link RegistryException} with HTTP status 0 is the registry's outage, not the record's fault
     */
    @Override
    public SpecificRecord deserialize(String topic, byte[] data) {
        if (data == null) {
            return null;
        }
        if (data.length < EventSerializer.HEADER_BYTES || data[0] != EventSerializer.MAGIC) {
            throw new SerializationException("topic " + topic + ": a value of " + data.length
                    + " bytes does not start with a zero byte and a schema id");
        }
        int id = ByteBuffer.wrap(data, 1, Integer.BYTES).getInt();
        return decode(topic, registry.byId(id), data, EventSerializer.HEADER_BYTES);
    }

    /** @param start of the Avro bytes, which go to the end of the data */
    static SpecificRecord decode(String topic, Schema written, byte[] data, int start) {
        Schema ours = EventTypes.find(written.getFullName()).orElseThrow(() -> new SerializationException(
                "topic " + topic + ": schema " + written.getFullName() + " is not one of our events"));
        SubjectNames.of(topic, ours);
        BoundedDecoder decoder = new BoundedDecoder(data, start);
        SpecificRecord event = read(topic, written, ours, decoder);
        if (decoder.remaining() > 0) {
            throw new SerializationException("topic " + topic + ": " + decoder.remaining() + " bytes follow a whole "
                    + written.getFullName());
        }
        return event;
    }

    private static SpecificRecord read(String topic, Schema written, Schema ours, BoundedDecoder decoder) {
        SpecificDatumReader<SpecificRecord> reader =
                new SpecificDatumReader<>(written, ours, SpecificData.getForSchema(ours));
        try {
            return reader.read(null, decoder);
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
            throw new SerializationException("topic " + topic + ": cannot read " + written.getFullName() + ": "
                    + e.getMessage(), e);
        }
    }
}
