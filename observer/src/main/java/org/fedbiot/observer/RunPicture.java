package org.fedbiot.observer;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.fedbiot.schemas.event.RunOutcome;

/**
 * One run.
 *
 * @param phaseSinceMillis when it came into this phase
 * @param spec empty only for a run that was refused before its submit was read
 * @param outcome how it ended; {@code UNKNOWN} while it has not
 * @param reason why it was refused, or ended as it did; empty where there is nothing to say
 * @param adapterVersion newest, -1 before the first
 * @param adapterSha256 of that version, empty before the first
 * @param rounds by number
 * @param tasks of the server's workers, in the order in which they were first assigned
 * @param alignments by emulator version
 * @param evaluations by the server, in the order in which they were done
 * @param scoring the clients' own scores at the end; empty until they are asked for
 * @param archiveSha256 of the archive that the run went into when its payloads were deleted, else empty
 */
public record RunPicture(
        String runId,
        RunPhase phase,
        long phaseSinceMillis,
        Optional<SpecSummary> spec,
        long submittedMillis,
        long acceptedMillis,
        long endedMillis,
        RunOutcome outcome,
        String reason,
        int adapterVersion,
        String adapterSha256,
        Optional<CutPicture> cut,
        Exposure exposure,
        Optional<ExportPicture> export,
        List<RoundPicture> rounds,
        List<TaskPicture> tasks,
        List<AlignmentPicture> alignments,
        List<EvaluationPicture> evaluations,
        Optional<ScoringPicture> scoring,
        Traffic traffic,
        String archiveSha256) {

    /**
     * What clients hold of the base model.
     *
     * @param layers full-model layers, over all runs on this base model up to and with this one; empty before the run
     *     is accepted
     * @param share of the base model's parameters
     */
    public record Exposure(List<Integer> layers, double share) {

        public Exposure {
            layers = List.copyOf(layers);
        }
    }

    /**
     * The compressed model, as published.
     *
     * @param bootstrapBytes that a client fetches once
     * @param heldParameters of the full model, in a client's hands
     */
    public record CutPicture(long bootstrapBytes, long heldParameters, long totalParameters, int adapterElements,
            int emulatorElements) {
    }

    /** Where the product lies, on the server's side. */
    public record ExportPicture(int adapterVersion, String adapterDirectory, String mergedDirectory) {
    }

    public RunPicture {
        Objects.requireNonNull(phase, "phase");
        rounds = List.copyOf(rounds);
        tasks = List.copyOf(tasks);
        alignments = List.copyOf(alignments);
        evaluations = List.copyOf(evaluations);
    }

    public boolean isOver() {
        return phase == RunPhase.ENDED || phase == RunPhase.REFUSED;
    }

    /** Rounds whose adapter version is published. */
    public int roundsDone() {
        return (int) rounds.stream().filter(round -> round.publishedMillis() > 0).count();
    }

    /** The newest round, open or not. */
    public Optional<RoundPicture> lastRound() {
        return rounds.isEmpty() ? Optional.empty() : Optional.of(rounds.get(rounds.size() - 1));
    }

    /** The server task that the run waits for. */
    public Optional<TaskPicture> task() {
        return tasks.stream().filter(task -> !task.isSettled() && !isOver()).reduce((earlier, later) -> later);
    }
}
