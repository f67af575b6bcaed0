package org.fedbiot.learning.pretrain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.SplitMix64;
import org.fedbiot.learning.data.generated.PretrainingText;
import org.fedbiot.learning.data.generated.WeightedSequence;
import org.fedbiot.learning.pretrain.PretrainingRecipe.Mix;
import org.fedbiot.learning.pretrain.PretrainingRecipe.Stage;

/** The batches of one stage, in order; the same for the same seed. */
final class BatchStream {
    private final PretrainingRecipe recipe;
    private final Stage stage;
    private final long seed;
    private final Deque<List<WeightedSequence>> ready = new ArrayDeque<>();
    private int pools;

    BatchStream(PretrainingRecipe recipe, Stage stage, long seed) {
        this.recipe = recipe;
        this.stage = stage;
        this.seed = seed;
    }

    /** The batch for a step; steps are asked for once each, in order. */
    List<WeightedSequence> next(int step) {
        if (ready.isEmpty()) {
            SplitMix64 random = Seeds.generator(seed, "pretrain", "pool", stage.name(), pools++);
            Mix mix = stage.mix(step);
            List<WeightedSequence> pool = new ArrayList<>();
            for (int i = 0; i < recipe.poolExamples(); i++) {
                pool.add(draw(random, mix));
            }
            List<List<WeightedSequence>> batches = cut(pool);
            for (int i : random.permutation(batches.size())) {
                ready.add(batches.get(i));
            }
        }
        return ready.remove();
    }

    private static WeightedSequence draw(SplitMix64 random, Mix mix) {
        double choice = random.nextDouble();
        if (choice < mix.restated()) {
            return PretrainingText.restated(random);
        }
        return choice < mix.restated() + mix.multiTurn()
                ? PretrainingText.multiTurn(random) : PretrainingText.general(random);
    }

    /** Sorted by length first: attention pads inside a batch. */
    private List<List<WeightedSequence>> cut(List<WeightedSequence> pool) {
        pool.sort(Comparator.comparingInt(WeightedSequence::length));
        List<List<WeightedSequence>> batches = new ArrayList<>();
        List<WeightedSequence> batch = new ArrayList<>();
        int tokens = 0;
        for (WeightedSequence sequence : pool) {
            if (batch.size() == recipe.batchExamples() || tokens + sequence.length() > recipe.batchTokens()) {
                batches.add(List.copyOf(batch));
                batch.clear();
                tokens = 0;
            }
            batch.add(sequence);
            tokens += sequence.length();
        }
        batches.add(List.copyOf(batch));
        return batches;
    }
}
