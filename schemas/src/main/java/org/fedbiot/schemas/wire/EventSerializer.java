package org.fedbiot.schemas.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes an event in Confluent's wire format: a zero byte, the schema's id as a big-endian int, Avro binary.
 * Configuration: {@code schema.registry.url}, {@code basic.auth.user.info}, {@code auto.register.schemas} (true).
 */
public final class EventSerializer implements Serializer<SpecificRecord> {

    static final byte MAGIC = 0;
    static final int HEADER_BYTES = 1 + Integer.BYTES;

    private static final String AUTO_REGISTER = "auto.register.schemas";

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private SchemaRegistry registry;
    private boolean autoRegister = true;

    /** For Kafka, which calls {@link #configure} next. */
    public EventSerializer() {
    }

    public EventSerializer(SchemaRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void configure(Map<String, ?> configuration, boolean isKey) {
        if (isKey) {
            throw new IllegalArgumentException("record keys are plain strings, not events");
        }
        registry = Registries.of(configuration);
        Object register = configuration.get(AUTO_REGISTER);
        autoRegister = register == null || Boolean.parseBoolean(register.toString());
    }

    /**
     * @return null for null, a tombstone
     * @throws SerializationException if the topic does not carry this event, a field is not set, or the registry
     *     gives no id; names the topic
     */
    @Override
    public byte[] serialize(String topic, SpecificRecord event) {
        if (event == null) {
            return null;
        }
        String subject = SubjectNames.of(topic, event.getSchema());
        int id = id(subject, event.getSchema());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(MAGIC);
        bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(id).array());
        try {
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new SpecificDatumWriter<SpecificRecord>(event.getSchema()).write(event, encoder);
            encoder.flush();
        } catch (IOException | AvroRuntimeException | NullPointerException | ClassCastException e) {
            throw new SerializationException("topic " + topic + ": cannot write " + event.getSchema().getFullName()
                    + ": " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    /** Who may not register a schema may still use one that is there. */
    private int id(String subject, Schema schema) {
        if (!autoRegister) {
            return registry.lookUp(subject, schema);
        }
        try {
            return registry.register(subject, schema);
        } catch (RegistryException e) {
            if (e.httpStatus() != UNAUTHORIZED && e.httpStatus() != FORBIDDEN) {
                throw e;
            }
            return registry.lookUp(subject, schema);
        }
    }
}
