package org.fedbiot.coordinator.runtime;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * The input that a decision was taken on, in the decision's header. Brokers forget a group's offsets when it is idle
 * for long, and an old submit that was refused then must not be decided upon again: the log itself knows how far its
 * inputs were read.
 */
record Origin(TopicPartition partition, long offset) {

    private static final String HEADER = "origin";

    static Origin of(ConsumerRecord<?, ?> record) {
        return new Origin(new TopicPartition(record.topic(), record.partition()), record.offset());
    }

    /** Empty for a decision that no record caused, such as a deadline. */
    static Optional<Origin> from(Headers headers) {
        Header header = headers.lastHeader(HEADER);
        if (header == null) {
            return Optional.empty();
        }
        String[] parts = new String(header.value(), StandardCharsets.UTF_8).split("/");
        return Optional.of(new Origin(new TopicPartition(parts[0], Integer.parseInt(parts[1])),
                Long.parseLong(parts[2])));
    }

    void writeTo(Headers headers) {
        headers.add(HEADER, EventKeys.origin(partition.topic(), partition.partition(), offset)
                .getBytes(StandardCharsets.UTF_8));
    }
}
