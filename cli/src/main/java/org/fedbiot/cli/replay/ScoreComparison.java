package org.fedbiot.cli.replay;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.fedbiot.cli.UserError;
import org.fedbiot.learning.method.EvaluatedModel;
import org.fedbiot.learning.method.Progress;
import org.fedbiot.learning.method.Score;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.server.OwnerEvaluation;

/**
 * AdapFu on the owner's evaluation set, once more for the run's last version and for a what-if's.
 *
 * @param logged figures of the last version as the run's server worker recorded them
 * @param original figures of the last version now
 * @param whatIf figures of the what-if's last version; empty if nothing was asked
 */
record ScoreComparison(Figures logged, Figures original, Optional<Figures> whatIf) {

    /** @param exactMatch null where nothing was generated */
    record Figures(double nll, double perplexity, Double exactMatch) {

        private static Figures of(Score score) {
            return new Figures(score.nll(), score.perplexity(),
                    score.exactMatchRecords() == 0 ? null : score.exactMatch());
        }

        private static Figures of(ModelScore score) {
            return new Figures(score.getNll(), score.getPerplexity(),
                    score.getExactMatch() < 0 ? null : score.getExactMatch());
        }
    }

    /**
     * Scores.
     *
     * @throws UserError if the log has no scores of the last version
     * @throws org.fedbiot.learning.BadInputException if the run's model or evaluation set is not on this machine
     * @throws InterruptedException if the thread is interrupted
     */
    static ScoreComparison of(ReplayResult result, Consumer<String> progress) throws InterruptedException {
        RunSpec spec = result.history().spec();
        int version = result.last().version();
        EvaluationResult evaluated = result.history().evaluation(version)
                .orElseThrow(() -> new UserError("run " + spec.getRunId() + " has no scores of adapter version "
                        + version + " in its log to compare with"));
        Figures logged = evaluated.getScores().stream()
                .filter(score -> score.getModel() == org.fedbiot.schemas.event.EvaluatedModel.ADAP_FU)
                .map(Figures::of).findFirst()
                .orElseThrow(() -> new UserError("run " + spec.getRunId() + ": the scores of adapter version "
                        + version + " are without AdapFu"));
        try (OwnerEvaluation evaluation = new OwnerEvaluation(ComputeGate.ofMachine())) {
            progress.accept("scoring version " + version + " of run " + spec.getRunId());
            Figures original = score(evaluation, spec, evaluated, result.values());
            Optional<Figures> whatIf = Optional.empty();
            if (result.answer().isPresent()) {
                WhatIfAnswer answer = result.answer().get();
                progress.accept("scoring run " + answer.question().runId());
                whatIf = Optional.of(score(evaluation, spec, evaluated, answer.values()));
            }
            return new ScoreComparison(logged, original, whatIf);
        }
    }

    /** Whether scoring again gave what the log says, to the last bit. */
    boolean isEqual() {
        return original.equals(logged);
    }

    private static Figures score(OwnerEvaluation evaluation, RunSpec spec, EvaluationResult evaluated, float[] adapter)
            throws InterruptedException {
        Map<EvaluatedModel, Score> scores = evaluation.run(spec, EnumSet.of(EvaluatedModel.ADAP_FU),
                new OwnerEvaluation.Versions(evaluated.getAdapterVersion(), adapter, evaluated.getEmulatorVersion(),
                        Optional.empty()), (phase, lease) -> Progress.NONE);
        return Figures.of(scores.get(EvaluatedModel.ADAP_FU));
    }
}
