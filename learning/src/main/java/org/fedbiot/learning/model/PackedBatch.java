package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.fedbiot.learning.torch.Primitives;

/**
 * Several sequences laid end to end as N = Σ length rows, so that no linear and no loss ever sees padding. Two index
 * arrays say how attention pads and unpads around itself. Owns its arrays, and the activations computed from them.
 */
public final class PackedBatch implements AutoCloseable {
    private final NDManager manager;
    private final int[] starts;
    private final int longest;
    private final NDArray tokens;
    private final NDArray positions;
    private final NDArray slots;
    private final NDArray places;

    private PackedBatch(NDManager manager, List<int[]> sequences) {
        this.manager = manager;
        int count = sequences.size();
        this.starts = new int[count + 1];
        int max = 0;
        for (int i = 0; i < count; i++) {
            int length = sequences.get(i).length;
            if (length == 0) {
                throw new IllegalArgumentException("Sequence " + i + " of the batch is empty");
            }
            starts[i + 1] = starts[i] + length;
            max = Math.max(max, length);
        }
        this.longest = max;
        int rows = starts[count];
        long[] ids = new long[rows];
        long[] position = new long[rows];
        long[] place = new long[rows];
        long[] slot = new long[count * longest];
        for (int i = 0; i < count; i++) {
            int[] sequence = sequences.get(i);
            for (int t = 0; t < longest; t++) {
                // Padding repeats the sequence's last row: any finite row will do, as causality hides it.
                slot[i * longest + t] = starts[i] + Math.min(t, sequence.length - 1);
            }
            for (int t = 0; t < sequence.length; t++) {
                ids[starts[i] + t] = sequence[t];
                position[starts[i] + t] = t;
                place[starts[i] + t] = (long) i * longest + t;
            }
        }
        this.tokens = owned(ids, new Shape(rows));
        this.positions = owned(position, new Shape(rows));
        this.slots = owned(slot, new Shape(count, longest));
        this.places = owned(place, new Shape(rows));
    }

    /** Packs token sequences; the batch has a manager of its own under {@code parent}. */
    public static PackedBatch of(NDManager parent, List<int[]> sequences) {
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("A batch needs at least one sequence");
        }
        return new PackedBatch(parent.newSubManager(), sequences);
    }

    /** Owner of the batch's arrays and of all that is computed from them; closed with the batch. */
    public NDManager manager() {
        return manager;
    }

    /** Sequences in the batch. */
    public int sequences() {
        return starts.length - 1;
    }

    /** N, the tokens of all sequences. */
    public int rows() {
        return starts[starts.length - 1];
    }

    /** Row of the first token of a sequence. */
    public int start(int sequence) {
        return starts[sequence];
    }

    /** Tokens of a sequence. */
    public int length(int sequence) {
        return starts[sequence + 1] - starts[sequence];
    }

    /** Tokens of the longest sequence. */
    public int longest() {
        return longest;
    }

    /** int64 [N]. */
    NDArray tokens() {
        return tokens;
    }

    /** int64 [N], position of each row inside its sequence. */
    NDArray positions() {
        return positions;
    }

    /** int64 [sequences, longest]: the row of each padded place. */
    NDArray slots() {
        return slots;
    }

    /** int64 [N]: the padded place of each row. */
    NDArray places() {
        return places;
    }

    /** int64 [sequences]: the row of each sequence's last token; the caller may close it. */
    public NDArray lastRows() {
        long[] last = new long[sequences()];
        for (int i = 0; i < last.length; i++) {
            last[i] = starts[i + 1] - 1L;
        }
        return owned(last, new Shape(last.length));
    }

    /** An int64 index array over rows, owned by the batch. */
    public NDArray index(int... rows) {
        long[] wide = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            wide[i] = rows[i];
        }
        return owned(wide, new Shape(wide.length));
    }

    /** Graphs keep index arrays for their backward pass, so these must not sit in memory that Java frees. */
    private NDArray owned(long[] values, Shape shape) {
        try (NDArray array = manager.create(values, shape)) {
            return Primitives.shared().copy(array);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
