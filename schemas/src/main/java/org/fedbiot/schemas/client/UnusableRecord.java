package org.fedbiot.schemas.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.wire.RegistryException;

/**
 * A record that is none of our events, by where it lies; its bytes stay there.
 *
 * @param key empty if it has none
 * @param sha256 of its value
 * @param bytes of its value
 */
public record UnusableRecord(String topic, int partition, long offset, String key, String sha256, int bytes,
        String reason) {

    private static final int NOT_FOUND = 404;

    /**
     * What a failed poll says of the record that it failed on.
     *
     * @return empty if the registry could not be asked: the record may be good, poll again later. Only a schema id that
     *     no registry knows is the record's own fault
     */
    public static Optional<UnusableRecord> of(RecordDeserializationException e) {
        if (e.getCause() instanceof RegistryException registry && registry.httpStatus() != NOT_FOUND) {
            return Optional.empty();
        }
        ByteBuffer value = orEmpty(e.valueBuffer());
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return Optional.of(new UnusableRecord(e.topicPartition().topic(), e.topicPartition().partition(), e.offset(),
                StandardCharsets.UTF_8.decode(orEmpty(e.keyBuffer())).toString(), Sha256.of(value), value.remaining(),
                String.valueOf(cause.getMessage())));
    }

    /** A tombstone, where there is nothing to delete. */
    public static UnusableRecord withoutValue(ConsumerRecord<String, ?> record) {
        return new UnusableRecord(record.topic(), record.partition(), record.offset(),
                record.key() == null ? "" : record.key(), Sha256.of(ByteBuffer.allocate(0)), 0,
                "a record without a value");
    }

    /** @param process that cannot use it */
    public DeadLetter deadLetter(String process) {
        return new DeadLetter(process, reason, topic, partition, offset, key, sha256, bytes);
    }

    private static ByteBuffer orEmpty(ByteBuffer buffer) {
        return buffer == null ? ByteBuffer.allocate(0) : buffer.duplicate();
    }
}
