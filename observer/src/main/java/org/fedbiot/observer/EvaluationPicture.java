package org.fedbiot.observer;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.ModelScore;

/**
 * The four models on the owner's evaluation set.
 *
 * @param round after which it was done
 */
public record EvaluationPicture(int adapterVersion, int emulatorVersion, int round, long atMillis,
        List<Score> scores) {

    public EvaluationPicture {
        scores = List.copyOf(scores);
    }

    /**
     * @param nll mean per reply token, natural logarithm
     * @param exactMatch share of the generated records; empty if none was generated
     * @param parses share of the generated programs that can be read as such; empty if none could be checked
     * @param parsesRecords generated programs that could be checked
     */
    public record Score(EvaluatedModel model, double nll, double perplexity, OptionalDouble exactMatch, int records,
            int exactMatchRecords, long tokens, OptionalDouble parses, int parsesRecords) {

        static Score of(ModelScore score) {
            return new Score(score.getModel(), score.getNll(), score.getPerplexity(), share(score.getExactMatch()),
                    score.getRecords(), score.getExactMatchRecords(), score.getTokens(), share(score.getParses()),
                    score.getParsesRecords());
        }

        private static OptionalDouble share(double share) {
            return share < 0 ? OptionalDouble.empty() : OptionalDouble.of(share);
        }
    }

    public Optional<Score> score(EvaluatedModel model) {
        return scores.stream().filter(score -> score.model() == model).findFirst();
    }
}
