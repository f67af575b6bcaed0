package org.fedbiot.learning.pretrain;

import java.util.List;
import org.fedbiot.learning.model.LlamaConfig;

/**
 * What to train and on which text (small-model "Pre-training").
 *
 * @param poolExamples      how many examples are drawn at once, sorted by length and cut into batches
 * @param batchExamples     the most examples in a batch
 * @param batchTokens       the most tokens in a batch, padding included
 * @param matrixRate        Muon's learning rate for the seven projections
 * @param vectorRate        AdamW's learning rate for embedding and norms
 * @param stages            run in order, each with fresh optimiser state
 */
public record PretrainingRecipe(LlamaConfig config, int poolExamples, int batchExamples, int batchTokens,
        double matrixRate, double vectorRate, List<Stage> stages) {

    public PretrainingRecipe {
        stages = List.copyOf(stages);
        if (stages.isEmpty() || poolExamples < batchExamples || batchExamples < 1) {
            throw new IllegalArgumentException("a recipe needs a stage, a batch size and a pool of at least a batch");
        }
    }

    /**
     * One stretch of steps: rate rises over {@code warmupSteps}, stays until the share {@code constantUntil} of the
     * steps, and falls to {@code lastRate} of itself.
     *
     * @param mixes     the text, each mix up to its share of the steps, in order
     * @param layerDrop chance of each inner layer to be left out of a step, from the share {@code layerDropFrom} on
     */
    public record Stage(String name, int steps, int warmupSteps, double constantUntil, double lastRate, List<Mix> mixes,
            double layerDrop, double layerDropFrom) {
        public Stage {
            mixes = List.copyOf(mixes);
            if (mixes.isEmpty() || mixes.get(mixes.size() - 1).until() < 1) {
                throw new IllegalArgumentException("the mixes of stage " + name + " must reach its end");
            }
        }

        /** The factor of the learning rates at a step counted from 0. */
        double rate(int step) {
            if (step < warmupSteps) {
                return (step + 1.0) / warmupSteps;
            }
            double done = (double) step / steps;
            if (done <= constantUntil) {
                return 1;
            }
            return 1 - (1 - lastRate) * (done - constantUntil) / (1 - constantUntil);
        }

        double layerDrop(int step) {
            return step >= layerDropFrom * steps ? layerDrop : 0;
        }

        Mix mix(int step) {
            double done = (double) step / steps;
            return mixes.stream().filter(m -> done < m.until()).findFirst().orElseThrow();
        }
    }

    /** Shares of restated facts and of multi-turn text; the rest is records of the general domain. */
    public record Mix(double until, double restated, double multiTurn) {
    }

    /** The recipe of the shipped model. */
    public static PretrainingRecipe small() {
        LlamaConfig config = new LlamaConfig(368, 128, 320, 12, 4, 2, 32, 10000, 1e-5, true, 512);
        Stage first = new Stage("turns", 800, 100, 1, 1, List.of(new Mix(1, 0, 0.65)), 0, 1);
        Stage second = new Stage("records", 2000, 50, 0.45, 0.02,
                List.of(new Mix(0.3, 0.4, 0.3), new Mix(1, 0.05, 0.25)), 0.25, 0.3);
        return new PretrainingRecipe(config, 1024, 64, 2000, 0.012, 3e-3, List.of(first, second));
    }
}
