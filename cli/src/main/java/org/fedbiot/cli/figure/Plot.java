package org.fedbiot.cli.figure;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A figure, as numbers. */
public sealed interface Plot permits Plot.Lines, Plot.Dots {

    /** Of the file, without its suffix; unique in a report. */
    String name();

    String title();

    /** A value and, where several seeds gave it, how sure it is. */
    record Value(double mean, Optional<Span> interval) {

        public Value {
            Objects.requireNonNull(interval, "interval");
        }

        public static Value of(double number) {
            return new Value(number, Optional.empty());
        }
    }

    record Span(double lower, double upper) {
    }

    /** Values over numbers; lines that have none are left out. */
    record Lines(String name, String title, Axis x, Axis y, List<Line> lines) implements Plot {

        public Lines {
            lines = List.copyOf(lines);
        }
    }

    record Axis(String label, Scale scale) {
    }

    enum Scale {
        LINEAR,
        /** Of whole numbers, such as rounds: there is no tick between two of them. */
        WHOLE,
        LOGARITHMIC
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
