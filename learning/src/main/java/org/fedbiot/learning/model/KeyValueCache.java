package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.fedbiot.learning.torch.Primitives;

/**
 * Rotated keys and values of a batch of sequences that grow one token at a time: per layer two arrays
 * [sequences, places, kvHeads, headSize] in the base type. Owns its native memory. For one thread.
 */
public final class KeyValueCache implements AutoCloseable {
    private final Primitives primitives = Primitives.shared();
    private final NDManager manager;
    private final int places;
    private final List<NDArray> keys = new ArrayList<>();
    private final List<NDArray> values = new ArrayList<>();
    private int[] lengths;

    /** @param places the longest a sequence may become, prompt included */
    public KeyValueCache(NDManager parent, LlamaWeights weights, int layers, int sequences, int places) {
        LlamaConfig config = weights.config();
        this.manager = parent.newSubManager();
        this.places = places;
        this.lengths = new int[sequences];
        try (NDArray shape = manager.create(new long[] {sequences, places, config.keyValueHeads(), config.headSize()})) {
            for (int i = 0; i < layers; i++) {
                keys.add(primitives.emptyCache(shape, weights.get(LlamaWeights.FINAL_NORM)));
                values.add(primitives.emptyCache(shape, weights.get(LlamaWeights.FINAL_NORM)));
            }
        }
    }

    /** Sequences that are still in the cache. */
    public int sequences() {
        return lengths.length;
    }

    /** Tokens of a sequence so far. */
    public int length(int sequence) {
        return lengths[sequence];
    }

    /** Keeps only the given sequences, in the given order, so that finished ones cost nothing. */
    public void keep(int... sequences) {
        int[] kept = new int[sequences.length];
        long[] index = new long[sequences.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = lengths[sequences[i]];
            index[i] = sequences[i];
        }
        try (NDArray rows = manager.create(index)) {
            keys.replaceAll(array -> kept(array, rows));
            values.replaceAll(array -> kept(array, rows));
        }
        lengths = kept;
    }

    private NDArray kept(NDArray array, NDArray rows) {
        Shape shape = array.getShape();
        try (array; NDArray flat = array.reshape(shape.get(0), -1); NDArray kept = primitives.rows(flat, rows)) {
            return kept.reshape(kept.getShape().get(0), shape.get(1), shape.get(2), shape.get(3));
        }
    }

    NDArray keys(int layer) {
        return keys.get(layer);
    }

    NDArray values(int layer) {
        return values.get(layer);
    }

    void write(int layer, NDArray key, NDArray value, NDArray flatPlaces) {
        primitives.writeSlots(key, keys.get(layer), flatPlaces);
        primitives.writeSlots(value, values.get(layer), flatPlaces);
    }

    /** int64 [N]: the flat place of each row of the prompts. */
    NDArray places(PackedBatch prompts) {
        if (prompts.sequences() != lengths.length || prompts.longest() > places) {
            throw new IllegalArgumentException("The cache holds " + lengths.length + " sequences of " + places + " places but got "
                    + prompts.sequences() + " prompts of up to " + prompts.longest() + " tokens");
        }
        long[] flat = new long[prompts.rows()];
        for (int i = 0; i < lengths.length; i++) {
            for (int t = 0; t < prompts.length(i); t++) {
                flat[prompts.start(i) + t] = (long) i * places + t;
            }
        }
        return manager.create(flat);
    }

    void started(PackedBatch prompts) {
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = prompts.length(i);
        }
    }

    /** Index arrays of the step that appends these tokens. */
    Step next(int[] tokens) {
        int count = lengths.length;
        if (tokens.length != count) {
            throw new IllegalArgumentException("The cache holds " + count + " sequences but got " + tokens.length + " tokens");
        }
        long[] ids = new long[count];
        long[] positions = new long[count];
        long[] flat = new long[count];
        int longest = 0;
        for (int i = 0; i < count; i++) {
            if (lengths[i] >= places) {
                throw new IllegalStateException("Sequence " + i + " of the cache already fills its " + places + " places");
            }
            ids[i] = tokens[i];
            positions[i] = lengths[i];
            flat[i] = (long) i * places + lengths[i];
            longest = Math.max(longest, lengths[i] + 1);
        }
        ByteBuffer seen = manager.allocateDirect(count * longest);
        for (int i = 0; i < count; i++) {
            for (int t = 0; t < longest; t++) {
                seen.put((byte) (t <= lengths[i] ? 1 : 0));
            }
        }
        seen.flip();
        NDArray mask = manager.create(seen, new Shape(count, 1, 1, longest), DataType.BOOLEAN);
        return new Step(manager.create(ids), manager.create(positions), manager.create(flat), mask, longest);
    }

    void advance() {
        for (int i = 0; i < lengths.length; i++) {
            lengths[i]++;
        }
    }

    @Override
    public void close() {
        manager.close();
    }

    /** What one step needs: int64 [B] each, and the mask [B, 1, 1, longest] of places that a query sees. */
    record Step(NDArray tokens, NDArray positions, NDArray places, NDArray mask, int longest) implements AutoCloseable {
        @Override
        public void close() {
            tokens.close();
            positions.close();
            places.close();
            mask.close();
        }
    }
}
