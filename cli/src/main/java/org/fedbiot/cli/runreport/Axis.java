package org.fedbiot.cli.runreport;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.fedbiot.cli.table.Cells;

/**
 * Values along one side of a chart.
 *
 * @param ticks in order; the first and the last are the ends
 */
record Axis(List<Double> ticks, boolean logarithmic) {

    private static final int STEPS = 5;
    /** Values that are nearer to each other count as one. */
    private static final double LEAST_SPAN = 1e-100;

    Axis {
        ticks = List.copyOf(ticks);
    }

    /** @param whole whether a tick is always a whole number */
    static Axis linear(double least, double most, boolean whole) {
        double span = most - least > LEAST_SPAN ? most - least : Math.max(Math.abs(most), 1);
        double step = round(span / STEPS);
        double unit = whole ? Math.max(1, StrictMath.ceil(step)) : step;
        long first = (long) Math.floor(least / unit);
        long last = Math.max(first + 1, (long) Math.ceil(most / unit));
        return new Axis(LongStream.rangeClosed(first, last).mapToObj(tick -> tick * unit).toList(), false);
    }

    /** Powers of ten around values above 0. */
    static Axis logarithmic(double least, double most) {
        int first = (int) Math.floor(StrictMath.log10(least));
        int last = Math.max(first + 1, (int) Math.ceil(StrictMath.log10(most)));
        return new Axis(IntStream.rangeClosed(first, last).mapToObj(tick -> StrictMath.pow(10, tick)).toList(), true);
    }

    /** The next of 1, 2, 5 times a power of ten. StrictMath, here and elsewhere: its digits are the same everywhere. */
    private static double round(double step) {
        double power = StrictMath.pow(10, Math.floor(StrictMath.log10(step)));
        double factor = step / power;
        return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
    }

    /** Where a value lies, from 0 to 1. */
    double fraction(double value) {
        double first = scaled(ticks.get(0));
        double span = scaled(ticks.get(ticks.size() - 1)) - first;
        // Of ticks that are the same to a double's precision.
        return span > 0 ? (scaled(value) - first) / span : 0;
    }

    private double scaled(double value) {
        return logarithmic ? StrictMath.log10(value) : value;
    }

    static String label(double tick) {
        double size = Math.abs(tick);
        if (size >= 1e9) {
            return Cells.brief(tick / 1e9) + "G";
        } else if (size >= 1e6) {
            return Cells.brief(tick / 1e6) + "M";
        }
        return size >= 1e4 ? Cells.brief(tick / 1e3) + "k" : Cells.brief(tick);
    }
}
