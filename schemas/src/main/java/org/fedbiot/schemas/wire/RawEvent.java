package org.fedbiot.schemas.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;

/**
 * An event as it stands in a record: the schema that it was written with, and its Avro bytes without the registry's id.
 * What moves records from one cluster to another moves these, so that the bytes stay the same under another id.
 *
 * @param payload not copied; nobody changes it
 */
public record RawEvent(Schema writer, byte[] payload) {

    public RawEvent {
        Objects.requireNonNull(writer, "writer");
        Objects.requireNonNull(payload, "payload");
    }

    /**
     * Takes a record's value apart.
     *
     * @throws SerializationException if it does not start with a schema id that the registry knows; a
     *     {@link RegistryException} where the registry cannot be asked
     */
    public static RawEvent of(SchemaRegistry registry, String topic, byte[] value) {
        if (value == null || value.length < EventSerializer.HEADER_BYTES || value[0] != EventSerializer.MAGIC) {
            throw new SerializationException("topic " + topic + ": a value of " + (value == null ? 0 : value.length)
                    + " bytes does not start with a zero byte and a schema id");
        }
        Schema writer = registry.byId(ByteBuffer.wrap(value, 1, Integer.BYTES).getInt());
        return new RawEvent(writer, Arrays.copyOfRange(value, EventSerializer.HEADER_BYTES, value.length));
    }

    /**
     * The event in today's classes.
     *
     * @throws SerializationException if it is none of our events, or the topic does not carry it
     */
    public SpecificRecord decode(String topic) {
        return EventDeserializer.decode(topic, writer, payload, 0);
    }

    /**
     * A record's value for a cluster, whose registry is given the schema if it does not know it.
     *
     * @throws SerializationException if the topic does not carry this event, or the registry refuses its schema
     */
    public byte[] value(SchemaRegistry registry, String topic) {
        int id = registry.register(SubjectNames.of(topic, writer), writer);
        return ByteBuffer.allocate(EventSerializer.HEADER_BYTES + payload.length)
                .put(EventSerializer.MAGIC).putInt(id).put(payload).array();
    }
}
