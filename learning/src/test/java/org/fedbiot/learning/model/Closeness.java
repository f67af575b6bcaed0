package org.fedbiot.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

/** Comparison of arrays by the largest difference, relative to the largest expected value. */
final class Closeness {
    private Closeness() {}

    static double difference(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).as("element %d", i).isFinite();
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(found[i] - expected[i]));
        }
        return difference / largest;
    }

    static void assertClose(float[] found, float[] expected, double tolerance) {
        assertThat(difference(found, expected)).isLessThan(tolerance);
    }
}
