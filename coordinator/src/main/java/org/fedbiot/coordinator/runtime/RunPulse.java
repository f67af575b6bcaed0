package org.fedbiot.coordinator.runtime;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Run;

/** When something was last heard of each run under way, by this process' clock. */
final class RunPulse {

    private final Map<String, Long> lastMillis = new ConcurrentHashMap<>();

    /** Of runs that were under way before, nothing is known but that they are there now. */
    void begin(CoordinatorState state, long millis) {
        RunGauges.underWay(state).forEach(run -> lastMillis.put(run.id(), millis));
    }

    /** An input is a sign of life of a run that is under way, and of no other. */
    void heard(CoordinatorState state, SpecificRecord input, long millis) {
        runOf(input).filter(run -> state.run(run).filter(known -> !known.isEnded()).isPresent())
                .ifPresent(run -> lastMillis.put(run, millis));
    }

    void decided(SpecificRecord decision, long millis) {
        runOf(decision).ifPresent(run -> lastMillis.put(run, millis));
    }

    /** Forgets runs that ended or that nobody knows. */
    void keep(CoordinatorState state) {
        lastMillis.keySet().removeIf(run -> state.run(run).map(Run::isEnded).orElse(true));
    }

    /** Of the run under way that was silent for longest; NaN where none is under way. */
    double oldestMillis(CoordinatorState state) {
        return RunGauges.underWay(state).map(run -> lastMillis.get(run.id())).filter(Objects::nonNull)
                .mapToDouble(Long::doubleValue).min().orElse(Double.NaN);
    }

    private static Optional<String> runOf(SpecificRecord event) {
        return Optional.ofNullable(event.getSchema().getField("runId")).map(run -> event.get(run.pos()).toString());
    }
}
