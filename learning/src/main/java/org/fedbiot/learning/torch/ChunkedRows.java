package org.fedbiot.learning.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;

/**
 * A sum of row losses behind a large head, a chunk of rows at a time: logits of one chunk are in memory, never all.
 * The gradient is exact, as rows do not meet behind the head.
 */
public final class ChunkedRows {
    /** Loss of rows [from, to) of the hidden states, given as an array [to − from, hidden]: an fp32 scalar. */
    @FunctionalInterface
    public interface RowLoss {
        NDArray sum(NDArray rows, int from, int to);
    }

    /** The sum of the losses, and its gradient in the hidden states, of their shape, type and manager. */
    public record Slope(double value, NDArray gradient) implements AutoCloseable {
        @Override
        public void close() {
            gradient.close();
        }
    }

    private ChunkedRows() {}

    /** The sum without its gradient; call it outside {@link Gradients}. */
    public static double value(NDArray hidden, int chunkRows, RowLoss loss) {
        double sum = 0;
        int rows = rows(hidden, chunkRows);
        for (int from = 0; from < rows; from += chunkRows) {
            int to = Math.min(rows, from + chunkRows);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                sum += HostValues.scalar(loss.sum(hidden.get(slice(from, to)), from, to));
            }
        }
        return sum;
    }

    /**
     * The sum and its gradient in {@code hidden}, whose own graph stays untouched. Go on with
     * {@code gradients.backward(hidden, slope.gradient())}, or, beside other losses, add
     * {@code Primitives.productSum(hidden, slope.gradient())} to them: its gradient in the hidden states is the same.
     * Leaves inside the loss (a trainable head) get their gradients here.
     */
    public static Slope slope(Gradients gradients, NDArray hidden, int chunkRows, RowLoss loss) {
        double sum = 0;
        int rows = rows(hidden, chunkRows);
        NDList parts = new NDList();
        for (int from = 0; from < rows; from += chunkRows) {
            int to = Math.min(rows, from + chunkRows);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray leaf = Gradients.leaf(hidden.get(slice(from, to)));
                NDArray value = loss.sum(leaf, from, to);
                gradients.backward(value);
                sum += HostValues.scalar(value);
                NDArray part = Gradients.of(leaf);
                NDScope.unregister(part);
                parts.add(part);
            }
        }
        NDArray gradient = parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts);
        if (parts.size() > 1) {
            parts.close();
        }
        return new Slope(sum, gradient);
    }

    private static int rows(NDArray hidden, int chunkRows) {
        if (chunkRows < 1) {
            throw new IllegalArgumentException("Rows per chunk must be at least 1 but were " + chunkRows);
        }
        return Math.toIntExact(hidden.getShape().get(0));
    }

    private static NDIndex slice(int from, int to) {
        return new NDIndex().addSliceDim(from, to);
    }
}
