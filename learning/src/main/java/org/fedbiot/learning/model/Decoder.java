package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.torch.Primitives;
import org.fedbiot.learning.torch.Torch;

/**
 * The LLaMA decoder over shared base weights. Holds no state of a computation, so threads may share it. Activations are
 * rows [N, hidden] in the base type, owned by the manager of the batch they come from. A graph is recorded only inside
 * {@link org.fedbiot.learning.torch.Gradients}, and only from the first layer on that has something to train: an
 * emulator with frozen factors costs no memory for backward.
 */
public final class Decoder implements AutoCloseable {
    private static final int SHORTEST_TABLE = 256;

    private final Primitives primitives = Primitives.shared();
    private final LlamaWeights weights;
    private final LlamaConfig config;
    private final NDManager manager;
    private volatile RotaryTable rotaryTable;

    /** The weights stay the caller's, and are closed after the decoder. */
    public Decoder(LlamaWeights weights) {
        this.weights = weights;
        this.config = weights.config();
        this.manager = Torch.newManager(weights.device());
    }

    public LlamaWeights weights() {
        return weights;
    }

    /** x = E[tokens]: rows [N, hidden]. */
    public NDArray embed(PackedBatch batch) {
        return primitives.embed(batch.tokens(), weights.get(LlamaWeights.EMBEDDING));
    }

    /**
     * Runs decoder layers over hidden rows, which stay the caller's.
     *
     * @param lora factors to add to the linears; a linear takes them from the first that has its model layer
     * @param dropout masks for the branches of trainable factors, or empty for none
     * @return hidden rows after the last layer, to be closed by the caller or with the batch
     */
    public NDArray layers(List<LayerRef> layers, NDArray hidden, PackedBatch batch, List<LoraParameters> lora, Optional<LoraDropout> dropout) {
        try (NDArray cos = rows(table(batch.longest()).cos(), batch.positions()); NDArray sin = rows(table(batch.longest()).sin(), batch.positions())) {
            Attention attention = (index, q, k, v) -> primitives.attention(q, k, v, cos, sin, batch.slots(), batch.places());
            return run(layers, hidden, lora, dropout, attention);
        }
    }

    /** Final norm and head: logits [K, vocabulary] in the base type. Pass only the rows whose logits count. */
    public NDArray logits(NDArray rows) {
        try (NDArray normed = primitives.rmsNorm(rows, weights.get(LlamaWeights.FINAL_NORM), config.normEpsilon())) {
            return primitives.linear(normed, weights.head());
        }
    }

    /** Runs prompts through the layers, fills the cache, and gives the hidden row of each prompt's last token [B, hidden]. */
    public NDArray prefill(List<LayerRef> layers, PackedBatch prompts, List<LoraParameters> lora, KeyValueCache cache) {
        RotaryTable table = table(prompts.longest());
        try (NDArray cos = rows(table.cos(), prompts.positions());
                NDArray sin = rows(table.sin(), prompts.positions());
                NDArray places = cache.places(prompts);
                NDArray embedded = embed(prompts)) {
            Attention attention = (index, q, k, v) -> {
                cache.write(index, primitives.rotary(k, cos, sin), v, places);
                return primitives.attention(q, k, v, cos, sin, prompts.slots(), prompts.places());
            };
            try (NDArray hidden = run(layers, embedded, lora, Optional.empty(), attention); NDArray last = prompts.lastRows()) {
                cache.started(prompts);
                return primitives.rows(hidden, last);
            }
        }
    }

    /** Appends one token to each sequence of the cache and gives its hidden row [B, hidden], owned by the cache. */
    public NDArray step(List<LayerRef> layers, int[] tokens, List<LoraParameters> lora, KeyValueCache cache) {
        KeyValueCache.Step step = cache.next(tokens);
        RotaryTable table = table(step.longest());
        try (step;
                NDArray cos = rows(table.cos(), step.positions());
                NDArray sin = rows(table.sin(), step.positions());
                NDArray embedded = primitives.embed(step.tokens(), weights.get(LlamaWeights.EMBEDDING))) {
            Attention attention = (index, q, k, v) -> {
                cache.write(index, primitives.rotary(k, cos, sin), v, step.places());
                return primitives.cachedAttention(primitives.rotary(q, cos, sin), cache.keys(index), cache.values(index), step.mask());
            };
            NDArray hidden = run(layers, embedded, lora, Optional.empty(), attention);
            cache.advance();
            return hidden;
        }
    }

    private NDArray run(List<LayerRef> layers, NDArray hidden, List<LoraParameters> lora, Optional<LoraDropout> dropout, Attention attention) {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("There must be at least one layer to run");
        }
        NDArray x = hidden;
        for (int i = 0; i < layers.size(); i++) {
            // Without a scope per layer every intermediate of the pass would stay in memory until the batch closes.
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray next = layer(i, layers.get(i), x, lora, dropout, attention);
                NDScope.unregister(next);
                if (x != hidden) {
                    x.close();
                }
                x = next;
            }
        }
        return x;
    }

    private NDArray layer(int index, LayerRef ref, NDArray x, List<LoraParameters> lora, Optional<LoraDropout> dropout, Attention attention) {
        LayerWeights w = weights.layer(ref.weightLayer());
        Linears f = (projection, input) -> linear(w, ref.modelLayer(), projection, input, lora, dropout);

        NDArray h = primitives.rmsNorm(x, w.inputNorm(), config.normEpsilon());
        NDArray mixed = attention.of(index, f.of(Projection.Q, h), f.of(Projection.K, h), f.of(Projection.V, h));
        NDArray y = x.add(f.of(Projection.O, mixed));

        NDArray n = primitives.rmsNorm(y, w.postAttentionNorm(), config.normEpsilon());
        return y.add(f.of(Projection.DOWN, primitives.swiglu(f.of(Projection.GATE, n), f.of(Projection.UP, n))));
    }

    private NDArray linear(LayerWeights w, int modelLayer, Projection projection, NDArray input, List<LoraParameters> lora, Optional<LoraDropout> dropout) {
        NDArray weight = w.linear(projection);
        for (LoraParameters parameters : lora) {
            Optional<LoraFactors> found = parameters.factors(modelLayer, projection);
            if (found.isPresent()) {
                LoraFactors factors = found.get();
                double scale = parameters.spec().scale();
                if (dropout.isEmpty() || !parameters.trainable() || dropout.get().rate() == 0) {
                    return primitives.loraLinear(input, weight, factors.a(), factors.b(), scale);
                }
                NDArray mask = dropout.get().mask(input.getManager(), modelLayer, projection, input.getShape().get(0), input.getShape().get(1));
                return primitives.loraLinear(input, weight, factors.a(), factors.b(), scale, mask, dropout.get().keep());
            }
        }
        return primitives.linear(input, weight);
    }

    private NDArray rows(NDArray table, NDArray positions) {
        try (NDArray wide = primitives.embed(positions, table)) {
            return primitives.castLike(wide, weights.get(LlamaWeights.FINAL_NORM));
        }
    }

    private RotaryTable table(int length) {
        RotaryTable table = rotaryTable;
        if (table != null && table.length() >= length) {
            return table;
        }
        synchronized (this) {
            if (rotaryTable == null || rotaryTable.length() < length) {
                if (length > config.contextLength()) {
                    throw new IllegalArgumentException("A sequence of " + length + " tokens is longer than the model's context of " + config.contextLength());
                }
                // A thread may still read the shorter table, so it stays until close; sizes double, so they are few.
                int size = Math.min(config.contextLength(), Math.max(SHORTEST_TABLE, Integer.highestOneBit(length) * 2));
                rotaryTable = RotaryTable.of(manager, config, size);
            }
            return rotaryTable;
        }
    }

    @Override
    public void close() {
        manager.close();
    }

    @FunctionalInterface
    private interface Attention {
        NDArray of(int index, NDArray q, NDArray k, NDArray v);
    }

    @FunctionalInterface
    private interface Linears {
        NDArray of(Projection projection, NDArray input);
    }
}
