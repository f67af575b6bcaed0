package org.fedbiot.learning.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The primitives by hand-made numbers, among them the vectors of fedbiot-method 1.4. */
class PrimitivesTest {
    private final Primitives primitives = Primitives.shared();
    private NDManager manager;

    @BeforeEach
    void open() {
        Torch.useThreads(1);
        manager = Torch.newManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldGiveTheRelativeMeanSquaredErrorOfTheMethod() {
        NDArray teacher = row(1, -2, 3, .5f);
        NDArray student = row(.8f, -1.5f, 2.5f, 1);

        assertThat(relativeError(student, teacher)).isCloseTo(0.0554386, within(1e-7));
        assertThat(relativeError(primitives.scale(student, 10), primitives.scale(teacher, 10))).isCloseTo(0.0554386, within(1e-7));
        assertThat(Math.sqrt(primitives.squareSum(teacher).getFloat() / 4)).isCloseTo(1.8874586, within(1e-6));
    }

    @Test
    void shouldGiveTheForwardDivergenceOfTheMethod() {
        NDArray teacher = rows(2, 2, 0, -1, .5f, .5f, 0);
        NDArray student = rows(2, 1, 0, 0, 0, 1, 0);

        assertThat(primitives.klSum(student, teacher, 1).getFloat() / 2).isCloseTo(0.1384040f, within(1e-6f));
        assertThat(primitives.klSum(teacher, student, 1).getFloat() / 2).isCloseTo(0.1714445f, within(1e-6f));
        assertThat(primitives.klSum(teacher, teacher, 1).getFloat()).isZero();
    }

    @Test
    void shouldDivideLogitsByTheTemperature() {
        NDArray teacher = rows(2, 2, 0, -1, .5f, .5f, 0);
        NDArray student = rows(2, 1, 0, 0, 0, 1, 0);

        float found = primitives.klSum(primitives.scale(student, 3), primitives.scale(teacher, 3), 3).getFloat();

        assertThat(found).isCloseTo(primitives.klSum(student, teacher, 1).getFloat(), within(1e-6f));
    }

    @Test
    void shouldGiveTheGradientOfTheDivergence() {
        // (p_s − p_t) per row, by softmax of the logits: fedbiot-method 1.4.
        NDArray teacher = rows(1, 2, 0, -1);
        NDArray student = rows(1, 1, 0, 0);
        student.setRequiresGradient(true);
        try (Gradients gradients = Gradients.record()) {
            gradients.backward(primitives.klSum(student, teacher, 1));
        }

        float[] expected = new float[3];
        double zs = Math.exp(1) + 2;
        double zt = Math.exp(2) + 1 + Math.exp(-1);
        expected[0] = (float) (Math.exp(1) / zs - Math.exp(2) / zt);
        expected[1] = (float) (1 / zs - 1 / zt);
        expected[2] = (float) (1 / zs - Math.exp(-1) / zt);
        assertThat(Gradients.of(student).toFloatArray()).containsExactly(expected, within(1e-6f));
    }

    @Test
    void shouldSumCrossEntropyAndLeaveOutMaskedRows() {
        NDArray logits = rows(3, 1, 2, 3, 0, 0, 0, 9, 9, 9);
        NDArray targets = manager.create(new long[] {2, 0, -100});
        float first = (float) (Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)) - 3);

        assertThat(primitives.crossEntropySum(logits, targets).getFloat()).isCloseTo(first + (float) Math.log(3), within(1e-6f));
        assertThat(primitives.crossEntropyRows(logits, targets).toFloatArray()).containsExactly(new float[] {first, (float) Math.log(3), 0}, within(1e-6f));
    }

    @Test
    void shouldNormaliseByTheRootMeanSquare() {
        double rms = Math.sqrt((9 + 16) / 2.0 + 1e-3);

        float[] found = primitives.rmsNorm(rows(1, 3, 4), row(2, -1), 1e-3).toFloatArray();

        assertThat(found).containsExactly(new float[] {(float) (6 / rms), (float) (-4 / rms)}, within(1e-6f));
    }

    @Test
    void shouldAddTheLowRankBranch() {
        NDArray x = rows(1, 1, 2);
        NDArray weight = rows(3, 1, 0, 0, 1, 1, 1);
        NDArray a = rows(1, 1, -1);
        NDArray b = rows(3, 1, 2, 3);

        assertThat(primitives.linear(x, weight).toFloatArray()).containsExactly(1, 2, 3);
        assertThat(primitives.loraLinear(x, weight, a, b, 2).toFloatArray()).containsExactly(1 - 2, 2 - 4, 3 - 6);
        NDArray mask = manager.create(new byte[] {0, 1}).toType(DataType.UINT8, false).reshape(1, 2);
        assertThat(primitives.loraLinear(x, weight, a, b, 2, mask, 0.5).toFloatArray()).containsExactly(1 - 8, 2 - 16, 3 - 24);
    }

    @Test
    void shouldAddGradientsOfARowThatIsTakenTwice() {
        NDArray x = rows(2, 1, 2, 3, 4);
        x.setRequiresGradient(true);
        try (Gradients gradients = Gradients.record()) {
            NDArray taken = primitives.rows(x, manager.create(new long[] {1, 1, 0}));
            assertThat(taken.toFloatArray()).containsExactly(3, 4, 3, 4, 1, 2);
            gradients.backward(primitives.productSum(taken, rows(3, 1, 2, 10, 20, 5, 6)));
        }

        assertThat(Gradients.of(x).toFloatArray()).containsExactly(5, 6, 11, 22);
    }

    @Test
    void shouldCastToBfloat16AndBackInsideAGraph() {
        // bf16 keeps 8 bits of mantissa: 1 + 2^-8 rounds to the even neighbour 1, 1 + 3·2^-8 to 1 + 2^-6.
        NDArray x = row(1 + 0x1p-8f, 1 + 3 * 0x1p-8f, -3);
        x.setRequiresGradient(true);
        try (Gradients gradients = Gradients.record()) {
            NDArray back = primitives.toFloat32(primitives.toBfloat16(x));
            assertThat(back.toFloatArray()).containsExactly(1, 1 + 0x1p-6f, -3);
            gradients.backward(primitives.productSum(back, row(1, 2, 3)));
        }

        assertThat(Gradients.of(x).toFloatArray()).containsExactly(1, 2, 3);
    }

    @Test
    void shouldRecordOnlyWhileGradientsAreOpen() {
        NDArray x = row(1, 2);
        x.setRequiresGradient(true);
        NDArray before = primitives.squareSum(x);
        try (Gradients gradients = Gradients.record()) {
            assertThatThrownBy(() -> gradients.backward(before)).hasMessageContaining("does not require grad");
            gradients.backward(primitives.squareSum(x));
        }

        assertThat(Gradients.of(x).toFloatArray()).containsExactly(2, 4);
    }

    private double relativeError(NDArray student, NDArray teacher) {
        return primitives.squaredDifferenceSum(student, teacher).getFloat() / primitives.squareSum(teacher).getFloat();
    }

    private NDArray row(float... values) {
        return manager.create(values);
    }

    private NDArray rows(int rows, float... values) {
        return manager.create(values, new Shape(rows, values.length / rows));
    }
}
