package org.fedbiot.cli.experiment.report;

import java.util.Arrays;
import java.util.Optional;
import org.fedbiot.learning.data.SplitMix64;

/**
 * A 95 % interval of a mean by the percentile bootstrap: numbers are drawn again with replacement, as many as there
 * are, and the interval is what lies between the 2.5 % lowest and the 2.5 % highest means. With few numbers it is too
 * narrow: it knows of no value between or beyond those that it was given.
 */
public record Interval(double lower, double upper) {

    static final int DRAWS = 10_000;
    private static final int TAIL = DRAWS / 40;
    /** One for all: the same numbers give the same interval wherever they stand. */
    private static final long SEED = 20_240_617;

    /** @return empty for fewer than two numbers, which say nothing of how they vary, and where one is not finite */
    static Optional<Interval> of(double... values) {
        if (values.length < 2 || !Arrays.stream(values).allMatch(Double::isFinite)) {
            return Optional.empty();
        }
        SplitMix64 random = new SplitMix64(SEED);
        double[] means = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[random.nextInt(values.length)];
            }
            means[draw] = sum / values.length;
        }
        Arrays.sort(means);
        return Optional.of(new Interval(means[TAIL], means[DRAWS - 1 - TAIL]));
    }

    boolean excludesZero() {
        return lower > 0 || upper < 0;
    }
}
