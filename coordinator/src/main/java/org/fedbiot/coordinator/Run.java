package org.fedbiot.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.RunSpec;

/**
 * One run.
 *
 * @param versions the newest versions; empty until the model is cut
 * @param optimiserState kept AdamW moments of the last alignment
 * @param evaluated versions that the owner evaluated, in order
 * @param lastCalled clients of the last round that was opened, in id order
 * @param stragglers updates that came after their round had closed
 * @param scoring the clients' closing evaluation, once it is opened
 * @param history what those who come back to the run need
 */
public record Run(
        RunSpec spec,
        Phase phase,
        Optional<ModelVersions> versions,
        List<ChunkRef> optimiserState,
        List<EvaluatedVersion> evaluated,
        List<String> lastCalled,
        Stragglers stragglers,
        Optional<ClientScoring> scoring,
        RunHistory history) {

    public Run {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(stragglers, "stragglers");
        optimiserState = List.copyOf(optimiserState);
        evaluated = List.copyOf(evaluated);
        lastCalled = List.copyOf(lastCalled);
        Objects.requireNonNull(history, "history");
    }

    static Run accepted(RunSpec spec) {
        return new Run(spec, Phase.Compressing.start(), Optional.empty(), List.of(), List.of(), List.of(),
                Stragglers.none(), Optional.empty(), RunHistory.none());
    }

    public String id() {
        return spec.getRunId();
    }

    /** The phase, if it is this one. */
    public <P extends Phase> Optional<P> in(Class<P> type) {
        return type.isInstance(phase) ? Optional.of(type.cast(phase)) : Optional.empty();
    }

    public boolean isEnded() {
        return phase instanceof Phase.Ended;
    }

    Run with(Phase next) {
        return new Run(spec, next, versions, optimiserState, evaluated, lastCalled, stragglers, scoring, history);
    }

    Run with(ModelVersions newest) {
        return new Run(spec, phase, Optional.of(newest), optimiserState, evaluated, lastCalled, stragglers, scoring,
                history);
    }

    Run withOptimiserState(List<ChunkRef> kept) {
        return new Run(spec, phase, versions, kept, evaluated, lastCalled, stragglers, scoring, history);
    }

    Run with(EvaluatedVersion evaluation) {
        List<EvaluatedVersion> all = new ArrayList<>(evaluated);
        all.add(evaluation);
        return new Run(spec, phase, versions, optimiserState, all, lastCalled, stragglers, scoring, history);
    }

    Run withCalled(List<String> called) {
        return new Run(spec, phase, versions, optimiserState, evaluated, called, stragglers, scoring, history);
    }

    Run with(Stragglers updates) {
        return new Run(spec, phase, versions, optimiserState, evaluated, lastCalled, updates, scoring, history);
    }

    Run with(ClientScoring clients) {
        return new Run(spec, phase, versions, optimiserState, evaluated, lastCalled, stragglers,
                Optional.of(clients), history);
    }

    Run with(RunHistory kept) {
        return new Run(spec, phase, versions, optimiserState, evaluated, lastCalled, stragglers, scoring, kept);
    }
}
