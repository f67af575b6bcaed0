package org.fedbiot.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.junit.jupiter.api.Test;

class MeanFoldTest {

    @Test
    void shouldEqualExactArithmeticToTheLastBitOrTwo() {
        // Given
        Random random = new Random(5);
        float[] base = vector(random, 200);
        List<float[]> differences = List.of(vector(random, 200), vector(random, 200), vector(random, 200));
        double[] weights = {17, 301, 4};

        // When
        float[] folded = fold(base, differences, weights);

        // Then
        for (int i = 0; i < base.length; i++) {
            BigDecimal sum = BigDecimal.ZERO;
            for (int client = 0; client < weights.length; client++) {
                sum = sum.add(BigDecimal.valueOf(weights[client])
                        .multiply(new BigDecimal(differences.get(client)[i])));
            }
            BigDecimal exact = new BigDecimal(base[i])
                    .add(sum.divide(BigDecimal.valueOf(17 + 301 + 4), MathContext.DECIMAL128));
            assertThat(folded[i]).isCloseTo(exact.floatValue(), within(Math.ulp(exact.floatValue())));
        }
    }

    @Test
    void shouldWeighBySamples() {
        // Given one client with three times the samples of the other
        float[] base = {1f};

        // When
        float[] folded = fold(base, List.of(new float[] {4f}, new float[] {8f}), new double[] {1, 3});

        // Then 1 + (1*4 + 3*8) / 4
        assertThat(folded).containsExactly(8f);
    }

    @Test
    void shouldKeepSmallContributionsThatFloatSumsLose() {
        // Given: in float, 1e8 + 1 - 1e8 is 0
        float[] base = {0f};

        // When
        float[] folded = fold(base, List.of(new float[] {1e8f}, new float[] {3f}, new float[] {-1e8f}),
                new double[] {1, 1, 1});

        // Then
        assertThat(folded[0]).isCloseTo(1f, within(1e-6f));
    }

    @Test
    void shouldRefuseDifferencesOutOfClientOrder() {
        MeanFold fold = new MeanFold(1, 2);
        fold.add("b", 1, bytes(new float[] {1}));

        assertThatThrownBy(() -> fold.add("a", 1, bytes(new float[] {1})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a after b");
        assertThatThrownBy(() -> fold.add("b", 1, bytes(new float[] {1})))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static float[] fold(float[] base, List<float[]> differences, double[] weights) {
        double weightSum = 0;
        for (double weight : weights) {
            weightSum += weight;
        }
        MeanFold fold = new MeanFold(base.length, weightSum);
        for (int client = 0; client < weights.length; client++) {
            fold.add("client-" + client, weights[client], bytes(differences.get(client)));
        }
        double[] difference = fold.difference();
        float[] result = new float[base.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (base[i] + difference[i]);
        }
        return result;
    }

    private static ByteBuffer bytes(float[] values) {
        return LittleEndian.bytes(values, 0, values.length);
    }

    private static float[] vector(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
