package org.fedbiot.learning.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Muon (Jordan 2024) on fp32 matrices: Nesterov momentum whose matrix is brought near to orthogonal by five
 * Newton-Schulz steps before it is applied. Matrices of one shape are stacked, so that small ones share their products.
 * Owns its momentum; the parameters stay the caller's and change in place.
 */
public final class Muon implements AutoCloseable {
    private final double momentum;
    private final double weightDecay;
    private final List<List<NDArray>> groups;
    private final NDManager manager;
    private final List<NDArray> momenta = new ArrayList<>();

    /** @param groups lists of matrices, all of one list of the same shape [out, in] */
    public Muon(NDManager parent, double momentum, double weightDecay, List<List<NDArray>> groups) {
        this.momentum = momentum;
        this.weightDecay = weightDecay;
        this.groups = List.copyOf(groups);
        this.manager = parent.newSubManager();
        for (List<NDArray> group : groups) {
            Shape matrix = group.get(0).getShape();
            momenta.add(manager.zeros(new Shape(group.size(), matrix.get(0), matrix.get(1))));
        }
    }

    /** One step with the gradients that the leaves hold; tall matrices move by √(out/in) times the rate. */
    public void step(double learningRate) {
        for (int i = 0; i < groups.size(); i++) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                step(groups.get(i), momenta.get(i), learningRate);
            }
        }
    }

    private void step(List<NDArray> group, NDArray momentumBuffer, double learningRate) {
        NDList gradients = new NDList();
        group.forEach(parameter -> gradients.add(Gradients.of(parameter)));
        NDArray direction = Primitives.shared().muonDirection(momentumBuffer, NDArrays.stack(gradients), momentum);
        Shape matrix = group.get(0).getShape();
        double tall = Math.sqrt(Math.max(1, (double) matrix.get(0) / matrix.get(1)));
        NDArray move = direction.mul(learningRate * tall);
        for (int layer = 0; layer < group.size(); layer++) {
            group.get(layer).muli(1 - learningRate * weightDecay).subi(move.get(layer));
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
