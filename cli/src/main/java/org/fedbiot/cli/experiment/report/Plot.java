package org.fedbiot.cli.experiment.report;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A figure, as numbers. */
public sealed interface Plot permits Plot.Lines, Plot.Dots {

    /** Of the file, without its suffix; unique in a report. */
    String name();

    String title();

    /** A value and, where several seeds gave it, how sure it is. */
    record Value(double mean, Optional<Interval> interval) {

        public Value {
            Objects.requireNonNull(interval, "interval");
        }

        public static Value of(double number) {
            return new Value(number, Optional.empty());
        }
    }

    /** Values over numbers. */
    record Lines(String name, String title, Axis x, Axis y, List<Line> lines) implements Plot {

        public Lines {
            lines = List.copyOf(lines);
        }
    }

    record Axis(String label, boolean logarithmic) {
    }

    record Line(String label, List<Mark> marks) {

        public Line {
            marks = List.copyOf(marks);
        }
    }

    record Mark(double x, Value y) {
    }

    /**
     * Values beside names, one below the other. They are marked as points, not as bars: a bar has to begin at 0, and
     * then a difference that counts may be too small to see.
     *
     * @param zero whether 0 is marked, which an interval may or may not reach
     */
    record Dots(String name, String title, String label, boolean zero, List<Dot> dots) implements Plot {

        public Dots {
            dots = List.copyOf(dots);
        }
    }

    record Dot(String label, Value value) {
    }
}
