package org.fedbiot.learning.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.FactorTensor;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.Projection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** fedbiot-method 1.5, and defect 1 of 6.1: the term of the authors' code has no value and no gradient. */
class ProximalTermTest {
    private static final LoraSpec LORA = new LoraSpec(3, 6, 0, List.of(Projection.V, Projection.DOWN));
    private static final FactorLayout LAYOUT = FactorLayout.of(TinyModel.CONFIG, LORA, List.of(5, 6));
    private static final FactorVector ANCHOR = TinyModel.factors(LAYOUT, 1);
    private static final FactorVector NOW = TinyModel.factors(LAYOUT, 2);

    private static ProximalTerm term(double weight, ProximalForm form, ProximalSpace space) {
        return new ProximalTerm(ANCHOR, LORA.scale(), weight, form, space);
    }

    @Test
    void shouldEqualTheDistanceOfMergedWeights() {
        // Given the d x d matrices that the term never builds: scale * (BA - B0 A0), over all modules.
        double expected = 0;
        int at = 0;
        for (int i = 0; i < LAYOUT.tensors().size(); i += 2) {
            FactorTensor a = LAYOUT.tensors().get(i);
            FactorTensor b = LAYOUT.tensors().get(i + 1);
            for (int row = 0; row < b.rows(); row++) {
                for (int column = 0; column < a.columns(); column++) {
                    double difference = LORA.scale() * (merged(NOW, a, b, at, row, column)
                            - merged(ANCHOR, a, b, at, row, column));
                    expected += difference * difference;
                }
            }
            at += a.elements() + b.elements();
        }

        double full = term(0.25, ProximalForm.FULL, ProximalSpace.PRODUCT).at(NOW.values()).value();
        double half = term(0.25, ProximalForm.HALF, ProximalSpace.PRODUCT).at(NOW.values()).value();

        assertThat(full).isCloseTo(0.25 * expected, within(1e-12 * expected)).isPositive();
        assertThat(half).isCloseTo(full / 2, within(1e-15));
    }

    private static double merged(FactorVector factors, FactorTensor a, FactorTensor b, int at, int row, int column) {
        float[] values = factors.values();
        double sum = 0;
        for (int k = 0; k < a.rows(); k++) {
            sum += (double) values[at + a.elements() + row * b.columns() + k] * values[at + k * a.columns() + column];
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource(ProximalSpace.class)
    void shouldHaveTheGradientOfFiniteDifferences(ProximalSpace space) {
        ProximalTerm term = term(0.7, ProximalForm.HALF, space);
        float[] gradient = term.at(NOW.values()).gradient();
        float step = 1e-2f;

        for (int i = 0; i < gradient.length; i += 7) {
            float[] up = NOW.values();
            float[] down = NOW.values();
            up[i] += step;
            down[i] -= step;
            // The term is quadratic in any one factor: a central difference is exact, whatever the step.
            double slope = (term.at(up).value() - term.at(down).value()) / ((double) up[i] - down[i]);

            assertThat((double) gradient[i]).as("factor " + i).isCloseTo(slope, within(1e-6));
        }
    }

    @ParameterizedTest
    @EnumSource(ProximalSpace.class)
    void shouldBeZeroAtTheAnchor(ProximalSpace space) {
        ProximalTerm.Result result = term(1, ProximalForm.FULL, space).at(ANCHOR.values());

        assertThat(result.value()).isZero();
        assertThat(result.gradient()).containsOnly(0f);
    }

    @Test
    void shouldMeasureFactorsWhereAsked() {
        double expected = 0;
        for (float difference : NOW.minus(ANCHOR).values()) {
            expected += (double) difference * difference;
        }

        double value = term(2, ProximalForm.FULL, ProximalSpace.FACTORS).at(NOW.values()).value();

        assertThat(value).isCloseTo(2 * expected, within(1e-5 * expected));
    }

    @Test
    void shouldNotChangeWhenFactorsAreRecombined() {
        // B A = (B / 4)(4 A): the merged weights are the same, so the paper's term is zero and the cheap one is not.
        float[] scaled = ANCHOR.values();
        int at = 0;
        for (FactorTensor tensor : LAYOUT.tensors()) {
            for (int i = 0; i < tensor.elements(); i++) {
                scaled[at + i] *= tensor.isA() ? 4 : 0.25f;
            }
            at += tensor.elements();
        }

        assertThat(term(1, ProximalForm.FULL, ProximalSpace.PRODUCT).at(scaled).value()).isCloseTo(0, within(1e-12));
        assertThat(term(1, ProximalForm.FULL, ProximalSpace.FACTORS).at(scaled).value()).isGreaterThan(1);
    }
}
