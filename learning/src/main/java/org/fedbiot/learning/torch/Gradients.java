package org.fedbiot.learning.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;

/**
 * Records the graph in the calling thread while open. The binding's own collector allows one per process; this one
 * works in any number of threads at once. Gradients add up in the leaves until {@link #zero}.
 */
public final class Gradients implements AutoCloseable {
    private final boolean before = JniUtils.isGradMode();

    private Gradients() {
        JniUtils.setGradMode(true);
    }

    /** Starts recording; close it to go back to what was. */
    public static Gradients record() {
        return new Gradients();
    }

    /** Back-propagates an fp32 scalar and frees its graph. */
    public void backward(NDArray loss) {
        try (NDArray one = loss.getManager().ones(loss.getShape())) {
            JniUtils.backward((PtNDArray) loss, (PtNDArray) one, false, false);
        }
    }

    /** Back-propagates a given gradient of the same shape and type from any array and frees its graph. */
    public void backward(NDArray root, NDArray gradient) {
        JniUtils.backward((PtNDArray) root, (PtNDArray) gradient, false, false);
    }

    /** A leaf with the values of an array and none of its graph, sharing its memory; its gradient is {@link #of}. */
    public static NDArray leaf(NDArray array) {
        NDArray leaf = JniUtils.detachGradient((PtNDArray) array);
        leaf.setRequiresGradient(true);
        return leaf;
    }

    /** The gradient of a leaf (not a copy); belongs to the leaf's manager, the caller closes it. */
    public static NDArray of(NDArray leaf) {
        NDArray gradient = JniUtils.getGradient((PtNDArray) leaf);
        if (gradient == null) {
            throw new IllegalStateException("No gradient reached the leaf of shape " + leaf.getShape());
        }
        return gradient;
    }

    /** Clears gradients, NaN included. */
    public static void zero(List<NDArray> leaves) {
        for (NDArray leaf : leaves) {
            JniUtils.zeroGrad((PtNDArray) leaf);
        }
    }

    /** Square root of the sum of squares of all gradients. */
    public static double norm(List<NDArray> leaves) {
        double squares = 0;
        for (NDArray leaf : leaves) {
            try (NDArray gradient = of(leaf); NDArray sum = Primitives.shared().squareSum(gradient)) {
                squares += HostValues.scalar(sum);
            }
        }
        return Math.sqrt(squares);
    }

    /** Scales all gradients so that their norm is at most {@code maxNorm}, as clip_grad_norm_ does; gives the norm before. */
    public static double clip(List<NDArray> leaves, double maxNorm) {
        double norm = norm(leaves);
        double factor = maxNorm / (norm + 1e-6);
        if (factor < 1) {
            for (NDArray leaf : leaves) {
                try (NDArray gradient = of(leaf)) {
                    Primitives.shared().scaleInPlace(gradient, factor);
                }
            }
        }
        return norm;
    }

    @Override
    public void close() {
        JniUtils.setGradMode(before);
    }
}
