package org.fedbiot.cli.experiment.report;

import java.util.Collection;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Numbers of the same kind, one a seed.
 *
 * @param deviation the sample's standard deviation, with n - 1; empty for a single number
 * @param interval of the mean; empty for a single number
 */
record Sample(int size, double mean, OptionalDouble deviation, Optional<Interval> interval) {

    /** @return empty for no numbers */
    static Optional<Sample> of(Collection<Double> numbers) {
        double[] values = numbers.stream().mapToDouble(Double::doubleValue).toArray();
        return values.length == 0 ? Optional.empty() : Optional.of(new Sample(values.length, mean(values),
                deviation(values), Interval.of(values)));
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static OptionalDouble deviation(double[] values) {
        if (values.length < 2) {
            return OptionalDouble.empty();
        }
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return OptionalDouble.of(Math.sqrt(squares / (values.length - 1)));
    }
}
