package org.fedbiot.observer;

import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * An event as it stands in the log.
 *
 * @param timestampMillis epoch time of the record
 */
public record LoggedEvent(String topic, int partition, long offset, long timestampMillis, SpecificRecord event) {

    public LoggedEvent {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(event, "event");
    }

    /** @throws NullPointerException for a record without a value, which is no event */
    public static LoggedEvent of(ConsumerRecord<String, SpecificRecord> record) {
        return new LoggedEvent(record.topic(), record.partition(), record.offset(), record.timestamp(),
                record.value());
    }
}
