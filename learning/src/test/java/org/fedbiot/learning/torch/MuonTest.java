package org.fedbiot.learning.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MuonTest {
    @BeforeAll
    static void prepareThread() {
        Torch.start();
    }

    @Test
    void shouldMoveEachMatrixByANearOrthogonalStepWhateverItsGradientsSize() {
        try (NDManager manager = Torch.newManager()) {
            // Given two matrices [6, 3] whose gradients differ by a factor of a thousand
            NDArray one = leaf(manager, 6, 3);
            NDArray two = leaf(manager, 6, 3);
            NDArray direction = manager.create(new float[] {1, 0, 0, 0, 3, 0, 0, 0, 2, 1, 1, 0, 0, 2, 1, -1, 0, 1}, new Shape(6, 3));

            // When
            try (Muon muon = new Muon(manager, 0.95, 0, List.of(List.of(one, two)))) {
                backward(manager, one, direction, 1);
                backward(manager, two, direction, 1000);
                muon.step(0.1);
            }

            // Then
            float[] expected = one.toFloatArray();
            float[] actual = two.toFloatArray();
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-4f));
            }
            // Newton-Schulz leaves singular values in about [0.7, 1.2]; tall matrices move by sqrt(6/3) times the rate.
            double length = one.sub(1).norm().getFloat() / (0.1 * Math.sqrt(2));
            assertThat(length).isBetween(0.65 * Math.sqrt(3), 1.25 * Math.sqrt(3));
        }
    }

    @Test
    void shouldDecayAndGoDownhill() {
        try (NDManager manager = Torch.newManager()) {
            // Given
            NDArray matrix = leaf(manager, 2, 4);
            NDArray uphill = manager.create(new float[] {1, 0, 0, 0, 0, 1, 0, 0}, new Shape(2, 4));

            // When
            try (Muon muon = new Muon(manager, 0.95, 0.5, List.of(List.of(matrix)))) {
                backward(manager, matrix, uphill, 1);
                muon.step(0.1);
            }

            // Then what has no gradient only decays
            float[] moved = matrix.toFloatArray();
            assertThat(moved[2]).isCloseTo(0.95f, org.assertj.core.data.Offset.offset(1e-5f));
            assertThat(moved[0]).isBetween(0.95f - 0.125f, 0.95f - 0.065f);
        }
    }

    private static NDArray leaf(NDManager manager, int rows, int columns) {
        NDArray leaf = manager.ones(new Shape(rows, columns));
        leaf.setRequiresGradient(true);
        return leaf;
    }

    private static void backward(NDManager manager, NDArray leaf, NDArray gradient, float scale) {
        NDArray scaled = gradient.mul(scale);
        try (Gradients gradients = Gradients.record()) {
            gradients.backward(Primitives.shared().productSum(leaf, scaled));
        }
    }
}
