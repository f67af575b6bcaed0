package org.fedbiot.learning.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.SplitMix64;
import org.fedbiot.learning.model.Decoder;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.Projection;
import org.fedbiot.learning.pretrain.PretrainingRecipe.Stage;
import org.fedbiot.learning.torch.AdamW;
import org.fedbiot.learning.torch.Gradients;
import org.fedbiot.learning.torch.Muon;
import org.fedbiot.learning.torch.Torch;

/**
 * Trains a small model from nothing on generated text (small-model "Pre-training"). The same recipe, seed and intra-op
 * thread count give the same bytes.
 */
public final class Pretraining {
    private static final double MOMENTUM = 0.95;
    private static final double MATRIX_DECAY = 0.05;
    private static final double MAX_GRADIENT_NORM = 1;

    private final PretrainingRecipe recipe;
    private final long seed;
    private final LlamaWeights weights;
    private final Decoder decoder;
    private final List<NDArray> leaves;
    private final List<List<NDArray>> matrices;
    private final List<NDArray> vectors;

    private Pretraining(PretrainingRecipe recipe, long seed, LlamaWeights weights, Decoder decoder) {
        this.recipe = recipe;
        this.seed = seed;
        this.weights = weights;
        this.decoder = decoder;
        this.leaves = List.copyOf(weights.arrays());
        LlamaConfig config = recipe.config();
        this.matrices = Stream.of(Projection.values()).map(projection -> IntStream.range(0, config.layers())
                .mapToObj(layer -> weights.get(LlamaWeights.linear(layer, projection))).toList()).toList();
        this.vectors = leaves.stream().filter(leaf -> matrices.stream().noneMatch(group -> group.contains(leaf))).toList();
    }

    /** What a caller sees on the way. */
    @FunctionalInterface
    public interface Listener {
        /**
         * After each step.
         *
         * @param step counts from 1 within the stage
         * @param loss weighted mean cross-entropy before the step, in nats
         * @param weights as they are now; the training's own, to be read within the call only
         */
        void step(Stage stage, int step, double loss, LlamaWeights weights);
    }

    /** Runs all stages on the calling thread, which has asked {@link Torch} for it. The caller closes the weights. */
    public static LlamaWeights run(PretrainingRecipe recipe, long seed, Listener listener) {
        LlamaWeights weights = LlamaWeights.initial(recipe.config(), seed);
        weights.requireGradients();
        try (Decoder decoder = new Decoder(weights)) {
            Pretraining training = new Pretraining(recipe, seed, weights, decoder);
            recipe.stages().forEach(stage -> training.run(stage, listener));
            return weights;
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private void run(Stage stage, Listener listener) {
        BatchStream batches = new BatchStream(recipe, stage, seed);
        SplitMix64 layerDrop = Seeds.generator(seed, "pretrain", "layer-drop", stage.name());
        AdamW.Settings forVectors = new AdamW.Settings(recipe.vectorRate(), 0.9, 0.98, 1e-8, 0);
        try (NDManager manager = Torch.newManager(decoder.weights().device());
                Muon muon = new Muon(manager, MOMENTUM, MATRIX_DECAY, matrices);
                AdamW adam = new AdamW(manager, forVectors, vectors)) {
            for (int step = 0; step < stage.steps(); step++) {
                double loss;
                try (LearningBatch batch = new LearningBatch(manager, batches.next(step))) {
                    loss = batch.backward(decoder, kept(layerDrop, stage.layerDrop(step)));
                }
                Gradients.clip(leaves, MAX_GRADIENT_NORM);
                muon.step(recipe.matrixRate() * stage.rate(step));
                adam.step(recipe.vectorRate() * stage.rate(step));
                Gradients.zero(leaves);
                listener.step(stage, step + 1, loss, weights);
            }
        }
    }

    /** All layers but the dropped; the first and the last always stay. */
    private List<LayerRef> kept(SplitMix64 random, double drop) {
        List<LayerRef> kept = new ArrayList<>();
        int layers = recipe.config().layers();
        for (int i = 0; i < layers; i++) {
            boolean dropped = random.nextDouble() < drop;
            if (!dropped || i == 0 || i == layers - 1) {
                kept.add(new LayerRef(i, i));
            }
        }
        return kept;
    }
}
