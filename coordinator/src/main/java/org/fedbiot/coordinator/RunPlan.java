package org.fedbiot.coordinator;

import java.util.Comparator;
import java.util.List;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.Checkpoint;
import org.fedbiot.schemas.event.RunSpec;

/** What follows from a run's spec alone: which steps it has, and what its tasks are called. */
public record RunPlan(RunSpec spec) {

    static final String COMPRESS_TASK = "compress";

    static String alignTask(int emulatorVersion) {
        return "align-" + emulatorVersion;
    }

    static String evaluateTask(int adapterVersion) {
        return "evaluate-" + adapterVersion;
    }

    static String exportTask(int adapterVersion) {
        return "export-" + adapterVersion;
    }

    boolean isLast(int round) {
        return round == spec.getFederation().getRounds();
    }

    /**
     * The last adapter is always evaluated, here and not once more at the end: the same versions on the same text
     * give the same scores.
     */
    public boolean evaluatesAfter(int round) {
        int every = spec.getEvaluation().getEveryRounds();
        return isLast(round) || (round > 0 && every > 0 && counted(round) % every == 0);
    }

    /** Whether the emulator is aligned anew before a round, from 1. */
    public boolean alignsBefore(int round) {
        AlignmentSettings alignment = spec.getAlignment();
        if (alignment.getSteps() == 0) {
            return false;
        }
        if (round == 1 && spec.getFork() != null && spec.getFork().getAligned()) {
            return false;
        }
        return counted(round) == 1 ? alignment.getBeforeFirstRound()
                : (counted(round) - 1) % alignment.getEveryRounds() == 0;
    }

    /** A fork goes on in its origin's rhythm. */
    private int counted(int round) {
        return round + ForkRules.roundOffset(spec);
    }

    /** The versions to score last and to export; of equally good ones the earliest. */
    ModelVersions product(List<EvaluatedVersion> evaluated) {
        EvaluatedVersion last = evaluated.get(evaluated.size() - 1);
        if (spec.getEvaluation().getCheckpoint() == Checkpoint.FINAL) {
            return last.versions();
        }
        // Double's order puts NaN last, so a version that could not be scored is never the best.
        return evaluated.stream().min(Comparator.comparingDouble(EvaluatedVersion::adapFuNll)).orElse(last).versions();
    }
}
