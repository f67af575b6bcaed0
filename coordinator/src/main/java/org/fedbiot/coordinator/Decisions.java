package org.fedbiot.coordinator;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** The decisions on one input as they are taken: each is applied at once, so that the next stands on it. */
final class Decisions {

    private final long timestampMillis;
    private final List<SpecificRecord> events = new ArrayList<>();
    private CoordinatorState state;

    Decisions(CoordinatorState state, long timestampMillis) {
        this.state = state;
        this.timestampMillis = timestampMillis;
    }

    CoordinatorState state() {
        return state;
    }

    /** A run that is known to be there. */
    Run run(String runId) {
        return state.run(runId).orElseThrow();
    }

    Decisions decide(SpecificRecord event) {
        state = Fold.apply(state, event);
        events.add(event);
        return this;
    }

    /** The input's time: nothing in here asks a clock. */
    long nowMillis() {
        return timestampMillis;
    }

    long deadlineIn(long millis) {
        return timestampMillis + millis;
    }

    List<SpecificRecord> events() {
        return List.copyOf(events);
    }
}
