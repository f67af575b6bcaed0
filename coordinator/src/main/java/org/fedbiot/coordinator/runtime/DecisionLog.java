package org.fedbiot.coordinator.runtime;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.coordinator.Coordinator;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topics;

/**
 * What the decision log says.
 *
 * @param state all of it, folded
 * @param decided per input partition the first offset behind those that decisions were taken on
 * @param events how many were read
 */
record DecisionLog(CoordinatorState state, Map<TopicPartition, Long> decided, long events) {

    private static final Duration POLL = Duration.ofMillis(100);

    /**
     * Reads the log to its end. Only right when no other coordinator can write any more.
     *
     * @throws IllegalStateException if the log does not fold; names the offset
     */
    static DecisionLog read(KafkaSettings settings) {
        CoordinatorState state = CoordinatorState.initial();
        Map<TopicPartition, Long> decided = new HashMap<>();
        long events = 0;
        try (EventReader reader = new EventReader(settings, CoordinatorProcess.NAME + "-log", Topics.DECISION)) {
            while (!reader.atEnd()) {
                for (ConsumerRecord<String, SpecificRecord> record : reader.poll(POLL)) {
                    state = fold(state, record);
                    Origin.from(record.headers()).ifPresent(origin ->
                            decided.merge(origin.partition(), origin.offset() + 1, Math::max));
                    events++;
                }
            }
        }
        return new DecisionLog(state, Map.copyOf(decided), events);
    }

    private static CoordinatorState fold(CoordinatorState state, ConsumerRecord<String, SpecificRecord> record) {
        try {
            return Coordinator.apply(state, record.value());
        } catch (IllegalStateException e) {
            throw new IllegalStateException("topic " + record.topic() + ", partition " + record.partition()
                    + ", offset " + record.offset() + ": " + e.getMessage(), e);
        }
    }
}
