package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.fedbiot.learning.torch.Primitives;
import org.fedbiot.learning.torch.Torch;

/** Continues prompts token by token with a key-value cache; sequences leave the batch as they finish. */
public final class Generation {
    /** Limits of a generation: the reply ends at a stop token (not part of it), at the limit, or at the model's context. */
    public record Settings(int maxNewTokens, int batchSize, Set<Integer> stopTokens, Sampling sampling) {
        public Settings {
            if (maxNewTokens < 1 || batchSize < 1) {
                throw new IllegalArgumentException("Generation wants at least one new token and a batch of at least one but got " + maxNewTokens + " and " + batchSize);
            }
            stopTokens = Set.copyOf(stopTokens);
        }
    }

    private final Primitives primitives = Primitives.shared();
    private final Decoder decoder;
    private final List<LayerRef> layers;
    private final List<LoraParameters> lora;
    private final Settings settings;

    public Generation(Decoder decoder, List<LayerRef> layers, List<LoraParameters> lora, Settings settings) {
        this.decoder = decoder;
        this.layers = List.copyOf(layers);
        this.lora = List.copyOf(lora);
        this.settings = settings;
    }

    /** The new tokens of each prompt, in the order of the prompts, whatever batches they ran in. */
    public List<int[]> replies(List<int[]> prompts) {
        List<List<Integer>> replies = new ArrayList<>();
        prompts.forEach(prompt -> replies.add(new ArrayList<>()));
        // Prompts of like length share a batch: less padding, and they tend to end together.
        int[] order = IntStream.range(0, prompts.size()).boxed()
                .sorted((a, b) -> Integer.compare(prompts.get(a).length, prompts.get(b).length))
                .mapToInt(Integer::intValue).toArray();
        for (int from = 0; from < order.length; from += settings.batchSize()) {
            int[] batch = Arrays.copyOfRange(order, from, Math.min(order.length, from + settings.batchSize()));
            generate(prompts, batch, replies);
        }
        return replies.stream().map(reply -> reply.stream().mapToInt(Integer::intValue).toArray()).toList();
    }

    private void generate(List<int[]> prompts, int[] batch, List<List<Integer>> replies) {
        int longest = prompts.get(batch[batch.length - 1]).length;
        int context = decoder.weights().config().contextLength();
        int newTokens = Math.min(settings.maxNewTokens(), context - longest);
        List<int[]> sequences = IntStream.of(batch).mapToObj(prompts::get).toList();
        try (NDManager manager = Torch.newManager();
                KeyValueCache cache = new KeyValueCache(manager, decoder.weights(), layers.size(), batch.length, Math.max(longest, longest + newTokens - 1))) {
            int[] active = batch;
            int[] next;
            try (PackedBatch packed = PackedBatch.of(manager, sequences); NDArray hidden = decoder.prefill(layers, packed, lora, cache)) {
                next = choose(hidden, active, 0);
            }
            for (int index = 0; index < newTokens; index++) {
                int[] chosen = next;
                int[] going = IntStream.range(0, active.length).filter(i -> !settings.stopTokens().contains(chosen[i])).toArray();
                if (going.length < active.length) {
                    active = select(active, going);
                    next = select(chosen, going);
                    cache.keep(going);
                }
                for (int i = 0; i < active.length; i++) {
                    replies.get(active[i]).add(next[i]);
                }
                if (active.length == 0 || index == newTokens - 1) {
                    return;
                }
                try (NDArray hidden = decoder.step(layers, next, lora, cache)) {
                    next = choose(hidden, active, index + 1);
                }
            }
        }
    }

    private int[] choose(NDArray hidden, int[] active, int index) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray logits = decoder.logits(hidden);
            if (settings.sampling().isGreedy()) {
                long[] best = primitives.argmax(logits).toLongArray();
                return IntStream.range(0, best.length).map(i -> Math.toIntExact(best[i])).toArray();
            }
            float[] all = primitives.toFloat32(logits).toFloatArray();
            int vocabulary = all.length / active.length;
            return IntStream.range(0, active.length)
                    .map(i -> settings.sampling().draw(Arrays.copyOfRange(all, i * vocabulary, (i + 1) * vocabulary), active[i], index))
                    .toArray();
        }
    }

    private static int[] select(int[] from, int[] index) {
        return IntStream.of(index).map(i -> from[i]).toArray();
    }
}
