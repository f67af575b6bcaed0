package org.fedbiot.cli.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.fedbiot.learning.data.SplitMix64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {

    /** Five standard errors of a share of 2.5 % among 10,000 draws. */
    private static final double ALLOWED = 5 * Math.sqrt(0.025 * 0.975 / Interval.DRAWS);

    /** The bootstrap draws from all n^n ways to draw; for few numbers these can all be gone through. */
    @ParameterizedTest
    @CsvSource({"1 4 9", "0.3 -0.1 0.2 0.7", "-0.089 -0.127 -0.064 0.031 -0.2", "5 5 5 5 6", "1 2 3 4 5 6"})
    void shouldLieWhereAllResamplesPutIt(String numbers) {
        double[] values = Arrays.stream(numbers.split(" ")).mapToDouble(Double::parseDouble).toArray();

        Interval interval = Interval.of(values).orElseThrow();

        double[] means = allMeans(values);
        assertThat(share(means, interval.lower() - 1e-9)).as("below").isLessThanOrEqualTo(0.025 + ALLOWED);
        assertThat(share(means, interval.lower() + 1e-9)).as("up to the lower end")
                .isGreaterThanOrEqualTo(0.025 - ALLOWED);
        assertThat(share(means, interval.upper() - 1e-9)).as("below the upper end")
                .isLessThanOrEqualTo(0.975 + ALLOWED);
        assertThat(share(means, interval.upper() + 1e-9)).as("up to the upper end")
                .isGreaterThanOrEqualTo(0.975 - ALLOWED);
    }

    @Test
    void shouldSpanBothNumbersOfTwo() {
        // given that each of the ends is drawn twice with a chance of a quarter
        assertThat(Interval.of(-2, 1)).contains(new Interval(-2, 1));
    }

    @Test
    void shouldSayNothingOfASingleNumber() {
        assertThat(Interval.of(3)).isEmpty();
        assertThat(Interval.of()).isEmpty();
    }

    /** As the documentation says of it: by an enumeration of all resamples, 83.5 % of 4,000 samples of five. */
    @Test
    void shouldBeTooNarrowForFewNumbers() {
        SplitMix64 random = new SplitMix64(1);
        int samples = 400;
        int held = 0;
        for (int sample = 0; sample < samples; sample++) {
            Interval interval = Interval.of(IntStream.range(0, 5).mapToDouble(i -> random.nextGaussian()).toArray())
                    .orElseThrow();
            held += interval.lower() <= 0 && interval.upper() >= 0 ? 1 : 0;
        }

        assertThat((double) held / samples).isBetween(0.76, 0.90);
    }

    @Test
    void shouldMoveWithItsNumbers() {
        Interval near = Interval.of(1, 2, 4, 8).orElseThrow();
        Interval far = Interval.of(1 + 1024, 2 + 1024, 4 + 1024, 8 + 1024).orElseThrow();

        assertThat(far).isEqualTo(new Interval(near.lower() + 1024, near.upper() + 1024));
    }

    @Test
    void shouldSayNothingOfNumbersOfWhichOneIsNotFinite() {
        // given that one draw in four is of the finite number alone
        assertThat(Interval.of(Double.NaN, 0.5)).isEmpty();
        assertThat(Interval.of(0.5, Double.POSITIVE_INFINITY, 0.5)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.1,0.2,true", "-0.2,-0.1,true", "-0.1,0.2,false", "0,0.2,false", "-0.2,0,false", "0,0,false"})
    void shouldExcludeZeroOnlyIfAllOfItLiesOnOneSide(double lower, double upper, boolean excludes) {
        assertThat(new Interval(lower, upper).excludesZero()).isEqualTo(excludes);
    }

    private static double[] allMeans(double[] values) {
        int n = values.length;
        int ways = (int) Math.round(Math.pow(n, n));
        double[] means = new double[ways];
        for (int way = 0; way < ways; way++) {
            int digits = way;
            for (int draw = 0; draw < n; draw++) {
                means[way] += values[digits % n] / n;
                digits /= n;
            }
        }
        return means;
    }

    private static double share(double[] means, double upTo) {
        return (double) Arrays.stream(means).filter(mean -> mean <= upTo).count() / means.length;
    }
}
