package org.fedbiot.coordinator.runtime;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.schemas.event.DeadlineReached;

/**
 * Holds a passed deadline back until everything that stood in the inputs when it was noticed has been decided upon:
 * an outage must not close a round whose updates are all in the log (design 3, "Coordinator").
 */
final class DeadlineWatch {

    private final Clock clock;
    private final Supplier<Map<TopicPartition, Long>> inputEnds;
    private Optional<Held> held = Optional.empty();

    private record Held(List<DeadlineReached> passed, Map<TopicPartition, Long> ends) {

        boolean isCoveredBy(Map<TopicPartition, OffsetAndMetadata> positions) {
            return ends.entrySet().stream()
                    .allMatch(end -> positions.get(end.getKey()).offset() >= end.getValue());
        }
    }

    /**
     * @param inputEnds where the inputs end at the moment of the call, records of open transactions included: their
     *     outcome has to be waited for too
     */
    DeadlineWatch(Clock clock, Supplier<Map<TopicPartition, Long>> inputEnds) {
        this.clock = clock;
        this.inputEnds = inputEnds;
    }

    /**
     * Deadlines that may now be decided upon.
     *
     * @param positions next offset of every input; the state has all before it
     */
    List<DeadlineReached> due(CoordinatorState state, Map<TopicPartition, OffsetAndMetadata> positions) {
        if (held.isEmpty()) {
            long now = clock.millis();
            List<DeadlineReached> passed = state.deadlines().stream()
                    .filter(deadline -> deadline.getDeadlineMillis() <= now).toList();
            if (passed.isEmpty()) {
                return List.of();
            }
            held = Optional.of(new Held(passed, inputEnds.get()));
        }
        if (!held.get().isCoveredBy(positions)) {
            return List.of();
        }
        List<DeadlineReached> due = held.get().passed();
        held = Optional.empty();
        return due;
    }
}
