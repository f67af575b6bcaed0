package org.fedbiot.cli.figure;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.fedbiot.cli.table.Cells;

/** Ticks of an axis where the library's own lie between two rounds, or on powers of ten with a fraction. */
final class Breaks {

    private static final int MOST = 10;
    /** With fewer powers of ten, their twos and fives stand between them. */
    private static final int FEW = 3;
    private static final int LEAST = 2;

    private Breaks() {
    }

    /** Every whole number; none where they are many, and the library's steps are whole too. */
    static List<Double> whole(double least, double most) {
        return most - least > MOST ? List.of()
                : LongStream.rangeClosed((long) least, (long) most).asDoubleStream().boxed().toList();
    }

    /** Powers of ten and what lies between them, of values above 0; none where that gives too few or too many. */
    static List<Double> logarithmic(double least, double most) {
        List<Double> powers = within(least, most, List.of(1));
        List<Double> breaks = powers.size() < FEW ? within(least, most, List.of(1, 2, 5)) : powers;
        return breaks.size() < LEAST || breaks.size() > MOST ? List.of() : breaks;
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

    /** StrictMath: its digits are the same everywhere. */
    private static List<Double> within(double least, double most, List<Integer> factors) {
        return IntStream.rangeClosed((int) Math.floor(StrictMath.log10(least)),
                        (int) Math.floor(StrictMath.log10(most)))
                .mapToObj(power -> StrictMath.pow(10, power))
                .flatMap(power -> factors.stream().map(factor -> factor * power))
                .filter(value -> value >= least && value <= most).toList();
    }
}
