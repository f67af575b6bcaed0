package org.fedbiot.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.coordinator.Coordinator;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Input;
import org.fedbiot.coordinator.Inputs;
import org.fedbiot.coordinator.Specs;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.RunSubmitted;
import org.junit.jupiter.api.Test;

class DeadlineWatchTest {

    private static final long OPENED_AT = 5_000;
    private static final DeadlineReached DEADLINE = new DeadlineReached("run", 1, OPENED_AT + 1_000);
    private static final TopicPartition VERDICTS = new TopicPartition("verdicts", 0);

    private final ManualClock clock = new ManualClock(OPENED_AT);
    private final Deque<Long> ends = new ArrayDeque<>(List.of(10L, 20L));
    private final DeadlineWatch watch = new DeadlineWatch(clock, () -> Map.of(VERDICTS, ends.removeFirst()));
    private final CoordinatorState state = roundOpen();

    @Test
    void shouldSayNothingBeforeTheDeadline() {
        // Given
        clock.advance(999);

        // When, then
        assertThat(watch.due(state, readTo(10))).isEmpty();
        assertThat(ends).as("nobody asked where the inputs end").hasSize(2);
    }

    @Test
    void shouldHoldADeadlineUntilWhatStoodInTheInputsIsRead() {
        // Given
        clock.advance(1_000);

        // When
        List<DeadlineReached> first = watch.due(state, readTo(0));
        List<DeadlineReached> second = watch.due(state, readTo(9));
        List<DeadlineReached> third = watch.due(state, readTo(10));

        // Then: later inputs are not waited for
        assertThat(first).isEmpty();
        assertThat(second).isEmpty();
        assertThat(third).containsExactly(DEADLINE);
        assertThat(ends).containsExactly(20L);
    }

    @Test
    void shouldLookAnewOnceADeadlineWasGivenOut() {
        // Given
        clock.advance(1_000);
        watch.due(state, readTo(10));

        // When
        List<DeadlineReached> again = watch.due(state, readTo(10));

        // Then
        assertThat(again).isEmpty();
        assertThat(watch.due(state, readTo(20))).containsExactly(DEADLINE);
    }

    private static Map<TopicPartition, OffsetAndMetadata> readTo(long offset) {
        return Map.of(VERDICTS, new OffsetAndMetadata(offset));
    }

    private static CoordinatorState roundOpen() {
        CoordinatorState state = CoordinatorState.initial();
        List<SpecificRecord> inputs = List.of(Inputs.key("anna"), Inputs.key("ben"), Inputs.key("cleo"),
                Inputs.joined("anna"), Inputs.joined("ben"), new RunSubmitted(Specs.spec("run")),
                Inputs.compressed("run"), Inputs.adapter("run", 0));
        for (SpecificRecord input : inputs) {
            for (SpecificRecord decision : Coordinator.decide(state, new Input(input, OPENED_AT))) {
                state = Coordinator.apply(state, decision);
            }
        }
        return state;
    }
}
