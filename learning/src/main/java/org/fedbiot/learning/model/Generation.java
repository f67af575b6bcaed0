package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.fedbiot.learning.torch.HostValues;
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

    /**
     * The new tokens of each prompt, in the order of the prompts, whatever batches they ran in.
     *
     * @param ended told after every token of a batch how many replies have ended; what it throws ends the generation
     */
    public List<int[]> replies(List<int[]> prompts, IntConsumer ended) {
        List<List<Integer>> replies = new ArrayList<>();
        prompts.forEach(prompt -> replies.add(new ArrayList<>()));
        // Prompts of like length share a batch: less padding, and they tend to end together.
        int[] order = IntStream.range(0, prompts.size()).boxed()
                .sorted((a, b) -> Integer.compare(prompts.get(a).length, prompts.get(b).length))
                .mapToInt(Integer::intValue).toArray();
        for (int from = 0; from < order.length; from += settings.batchSize()) {
            int[] batch = Arrays.copyOfRange(order, from, Math.min(order.length, from + settings.batchSize()));
            int before = from;
            generate(prompts, batch, replies, going -> ended.accept(before + batch.length - going));
        }
        return replies.stream().map(reply -> reply.stream().mapToInt(Integer::intValue).toArray()).toList();
    }

    private void generate(List<int[]> prompts, int[] batch, List<List<Integer>> replies, IntConsumer progress) {
        int[] active = IntStream.of(batch).filter(i -> limit(prompts.get(i)) > 0).toArray();
        if (active.length == 0) {
            progress.accept(0);
            return;
        }
        List<int[]> sequences = IntStream.of(active).mapToObj(prompts::get).toList();
        // The last token of a reply is never fed back.
        int places = sequences.stream().mapToInt(prompt -> prompt.length + limit(prompt) - 1).max().orElseThrow();
        try (NDManager manager = Torch.newManager(decoder.weights().device());
                KeyValueCache cache = new KeyValueCache(manager, decoder.weights(), layers.size(), active.length, places)) {
            int[] next;
            try (PackedBatch packed = PackedBatch.of(manager, sequences); NDArray hidden = decoder.prefill(layers, packed, lora, cache)) {
                next = choose(hidden, active, 0);
            }
            for (int index = 0; ; index++) {
                int[] going = append(prompts, active, next, replies);
                progress.accept(going.length);
                if (going.length == 0) {
                    return;
                }
                if (going.length < active.length) {
                    active = select(active, going);
                    next = select(next, going);
                    cache.keep(going);
                }
                try (NDArray hidden = decoder.step(layers, next, lora, cache)) {
                    next = choose(hidden, active, index + 1);
                }
            }
        }
    }

    /** Most new tokens of a prompt's reply: by its own length alone, so that no reply depends on its batch. */
    private int limit(int[] prompt) {
        return Math.min(settings.maxNewTokens(), decoder.weights().config().contextLength() - prompt.length);
    }

    /** Adds a token to each active reply unless it is a stop token, and gives those (by place) that go on. */
    private int[] append(List<int[]> prompts, int[] active, int[] tokens, List<List<Integer>> replies) {
        List<Integer> going = new ArrayList<>();
        for (int i = 0; i < active.length; i++) {
            if (!settings.stopTokens().contains(tokens[i])) {
                List<Integer> reply = replies.get(active[i]);
                reply.add(tokens[i]);
                if (reply.size() < limit(prompts.get(active[i]))) {
                    going.add(i);
                }
            }
        }
        return going.stream().mapToInt(Integer::intValue).toArray();
    }

    private int[] choose(NDArray hidden, int[] active, int index) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray logits = decoder.logits(hidden);
            if (settings.sampling().isGreedy()) {
                long[] best = HostValues.longs(primitives.argmax(logits));
                return IntStream.range(0, best.length).map(i -> Math.toIntExact(best[i])).toArray();
            }
            float[] all = HostValues.floats(primitives.toFloat32(logits));
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
