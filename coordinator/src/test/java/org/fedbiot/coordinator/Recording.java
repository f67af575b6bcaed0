package org.fedbiot.coordinator;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;

/** A coordinator without Kafka: feeds inputs, keeps the decision log. */
final class Recording {

    static final long NOW = 5_000;

    private final List<SpecificRecord> log = new ArrayList<>();
    private CoordinatorState state = CoordinatorState.initial();

    /** Keys are registered and clients there. */
    static Recording withClients(String... clients) {
        Recording recording = new Recording();
        for (String client : clients) {
            recording.feed(Inputs.key(client));
            recording.feed(Inputs.joined(client));
        }
        return recording;
    }

    /** A run whose round 1 has just been opened to all three clients. */
    static Recording inRoundOne(RunSpec spec) {
        Recording recording = withClients("anna", "ben", "cleo");
        recording.feed(new RunSubmitted(spec));
        recording.feed(Inputs.compressed(spec.getRunId()));
        recording.feed(Inputs.adapter(spec.getRunId(), 0));
        return recording;
    }

    List<SpecificRecord> feed(SpecificRecord event) {
        return feed(event, NOW);
    }

    List<SpecificRecord> feed(SpecificRecord event, long timestampMillis) {
        List<SpecificRecord> decisions = Coordinator.decide(state, new Input(event, timestampMillis));
        for (SpecificRecord decision : decisions) {
            state = Coordinator.apply(state, decision);
        }
        log.addAll(decisions);
        return decisions;
    }

    Recording feedAll(List<? extends SpecificRecord> events) {
        events.forEach(this::feed);
        return this;
    }

    CoordinatorState state() {
        return state;
    }

    Phase phase(String runId) {
        return state.run(runId).orElseThrow().phase();
    }

    List<SpecificRecord> log() {
        return List.copyOf(log);
    }

    static CoordinatorState fold(List<SpecificRecord> log) {
        CoordinatorState folded = CoordinatorState.initial();
        for (SpecificRecord event : log) {
            folded = Coordinator.apply(folded, event);
        }
        return folded;
    }
}
