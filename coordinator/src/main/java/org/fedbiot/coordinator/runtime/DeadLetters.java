package org.fedbiot.coordinator.runtime;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.schemas.event.DeadLetter;

/** Inputs that could not be used, by where they lie. */
final class DeadLetters {

    private DeadLetters() {
    }

    /** A record that was decoded; its bytes are gone by then, and so its hash stays empty. */
    static DeadLetter unusable(ConsumerRecord<String, ?> record, String reason) {
        return new DeadLetter(CoordinatorProcess.NAME, reason, record.topic(), record.partition(), record.offset(),
                record.key() == null ? "" : record.key(), "", Math.max(0, record.serializedValueSize()));
    }
}
