package org.fedbiot.coordinator.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.integrity.Sha256;

/** Inputs that could not be used, by where they lie. */
final class DeadLetters {

    private DeadLetters() {
    }

    static DeadLetter undecodable(RecordDeserializationException e) {
        ByteBuffer value = e.valueBuffer() == null ? ByteBuffer.allocate(0) : e.valueBuffer();
        ByteBuffer key = e.keyBuffer() == null ? ByteBuffer.allocate(0) : e.keyBuffer();
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return new DeadLetter(CoordinatorProcess.NAME, String.valueOf(cause.getMessage()),
                e.topicPartition().topic(), e.topicPartition().partition(), e.offset(),
                StandardCharsets.UTF_8.decode(key.duplicate()).toString(), Sha256.of(value), value.remaining());
    }

    /** A record that was decoded; its bytes are gone by then, and so its hash stays empty. */
    static DeadLetter unusable(ConsumerRecord<String, ?> record, String reason) {
        return new DeadLetter(CoordinatorProcess.NAME, reason, record.topic(), record.partition(), record.offset(),
                record.key() == null ? "" : record.key(), "", Math.max(0, record.serializedValueSize()));
    }
}
