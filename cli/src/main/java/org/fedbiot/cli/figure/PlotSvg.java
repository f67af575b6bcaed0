package org.fedbiot.cli.figure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.fedbiot.cli.figure.Plot.Dot;
import org.fedbiot.cli.figure.Plot.Line;
import org.fedbiot.cli.figure.Plot.Mark;
import org.jetbrains.letsPlot.commons.encoding.UnsupportedRGBEncoder;
import org.jetbrains.letsPlot.commons.geometry.DoubleVector;
import org.jetbrains.letsPlot.core.util.PlotSvgExportCommon;

/** Has a plot drawn by Lets-Plot, from its specification as maps. */
public final class PlotSvg {

    private static final double WIDTH = 720;
    private static final double LINES_HEIGHT = 360;
    private static final double DOTS_HEIGHT = 110;
    private static final double DOT_HEIGHT = 28;
    /** Of a lightness that shows on white and on black. */
    private static final List<String> COLOURS = List.of("#1f8a7d", "#c8641c", "#5b74d6", "#b0508f", "#7a8a1f",
            "#8a6fc9", "#c2443d", "#6b7780", "#2f8fb3", "#a3763a");
    /** Lines differ in more than colour, for whoever does not see the colours. */
    private static final List<String> DASHES = List.of("solid", "dashed", "dotted", "dotdash", "longdash");
    private static final List<Integer> SHAPES = List.of(16, 17, 15, 1, 2, 0, 18);
    /** With more marks on a line they are a band of ink. */
    private static final int MOST_MARKS = 60;
    /** Share of an axis that is free at either end. */
    private static final double MARGIN = 0.05;
    /** Values nearer to the ends of what a double can hold break the axes' arithmetic. */
    private static final double LARGEST = 1e100;

    private PlotSvg() {
    }

    /**
     * @return an SVG element with ids that begin with the plot's name, always the same text for the same plot; empty if
     *     nothing of it can be drawn
     */
    public static Optional<String> of(Plot plot) {
        Optional<String> drawn = plot instanceof Plot.Lines lines ? lines(lines) : dots((Plot.Dots) plot);
        return drawn.map(svg -> CanonicalSvg.of(svg, plot.name(), plot.title()));
    }

    private static String drawn(Map<String, Object> specification, double height) {
        return PlotSvgExportCommon.INSTANCE.buildSvgImageFromRawSpecs(specification, new DoubleVector(WIDTH, height),
                new UnsupportedRGBEncoder(), false);
    }

    private record Named(String name, Mark mark) {
    }

    private static Optional<String> lines(Plot.Lines plot) {
        List<Named> marks = new ArrayList<>();
        List<Named> marked = new ArrayList<>();
        for (Line line : plot.lines()) {
            List<Named> own = line.marks().stream().filter(mark -> isDrawn(plot, mark))
                    .map(mark -> new Named(line.label(), mark)).toList();
            marks.addAll(own);
            marked.addAll(own.size() > MOST_MARKS ? List.of() : own);
        }
        if (marks.isEmpty()) {
            return Optional.empty();
        }
        List<Named> intervals = marks.stream().filter(one -> one.mark().y().interval().isPresent()).toList();
        Map<String, Object> bounds = map("x", column(intervals, one -> one.mark().x()),
                "lower", column(intervals, one -> one.mark().y().interval().orElseThrow().lower()),
                "upper", column(intervals, one -> one.mark().y().interval().orElseThrow().upper()),
                "line", column(intervals, Named::name));
        List<Map<String, Object>> layers = new ArrayList<>();
        if (!intervals.isEmpty()) {
            layers.add(segments(bounds, map("x", "x", "xend", "x", "y", "lower", "yend", "upper", "color", "line"),
                    map("size", 0.8)));
        }
        layers.add(map("geom", "line", "size", 1.0, "tooltips", "none"));
        if (!marked.isEmpty()) {
            layers.add(map("geom", "point", "data", data(marked), "size", 3.5, "tooltips", "none"));
        }
        List<String> names = marks.stream().map(Named::name).distinct().toList();
        List<Map<String, Object>> scales = List.of(
                scale("x", plot.x(), marks.stream().mapToDouble(one -> one.mark().x())),
                scale("y", plot.y(), marks.stream().flatMapToDouble(one -> extent(one.mark().y()))),
                manual("color", names, COLOURS), manual("linetype", names, DASHES), manual("shape", names, SHAPES));
        return Optional.of(drawn(plot(plot.title(), data(marks),
                map("x", "x", "y", "y", "color", "line", "linetype", "line", "shape", "line"), layers, scales),
                LINES_HEIGHT));
    }

    private static DoubleStream extent(Plot.Value value) {
        return DoubleStream.concat(DoubleStream.of(value.mean()), value.interval().stream()
                .flatMapToDouble(interval -> DoubleStream.of(interval.lower(), interval.upper())));
    }

    private static Map<String, Object> data(List<Named> marks) {
        return map("x", column(marks, one -> one.mark().x()), "y", column(marks, one -> one.mark().y().mean()),
                "line", column(marks, Named::name));
    }

    private static boolean isDrawn(Plot.Lines plot, Mark mark) {
        double lower = mark.y().interval().map(Plot.Span::lower).orElse(mark.y().mean());
        return isDrawn(mark.y()) && isDrawn(mark.x()) && (plot.x().scale() != Plot.Scale.LOGARITHMIC || mark.x() > 0)
                && (plot.y().scale() != Plot.Scale.LOGARITHMIC || lower > 0 && mark.y().mean() > 0);
    }

    private static boolean isDrawn(Plot.Value value) {
        return isDrawn(value.mean()) && value.interval()
                .map(interval -> isDrawn(interval.lower()) && isDrawn(interval.upper())).orElse(true);
    }

    private static boolean isDrawn(double number) {
        return Math.abs(number) <= LARGEST;
    }

    private static Optional<String> dots(Plot.Dots plot) {
        List<Dot> dots = plot.dots().stream().filter(dot -> isDrawn(dot.value())).toList();
        if (dots.isEmpty()) {
            return Optional.empty();
        }
        List<Dot> intervals = dots.stream().filter(dot -> dot.value().interval().isPresent()).toList();
        // A discrete axis goes upwards.
        List<Object> names = new ArrayList<>(column(plot.dots(), Dot::label));
        Collections.reverse(names);
        List<Map<String, Object>> layers = new ArrayList<>();
        if (plot.zero()) {
            layers.add(map("geom", "vline", "xintercept", 0.0, "linetype", "dashed", "color", "#808080", "tooltips",
                    "none"));
        }
        if (!intervals.isEmpty()) {
            layers.add(segments(map("y", column(intervals, Dot::label),
                    "lower", column(intervals, dot -> dot.value().interval().orElseThrow().lower()),
                    "upper", column(intervals, dot -> dot.value().interval().orElseThrow().upper())),
                    map("x", "lower", "xend", "upper", "y", "y", "yend", "y"),
                    map("size", 1.2, "color", COLOURS.get(0))));
        }
        layers.add(map("geom", "point", "size", 4.0, "color", COLOURS.get(0), "tooltips", "none"));
        return Optional.of(drawn(plot(plot.title(),
                map("x", column(dots, dot -> dot.value().mean()), "y", column(dots, Dot::label)),
                map("x", "x", "y", "y"), layers,
                List.of(map("aesthetic", "x", "name", plot.label()),
                        map("aesthetic", "y", "name", "", "discrete", true, "limits", names))),
                DOTS_HEIGHT + DOT_HEIGHT * names.size()));
    }

    private static Map<String, Object> plot(String title, Map<String, Object> data, Map<String, Object> mapping,
            List<Map<String, Object>> layers, List<Map<String, Object>> scales) {
        return map("kind", "plot", "ggtitle", map("text", title), "data", data, "mapping", mapping, "layers", layers,
                "scales", scales, "theme", map("legend_position", "bottom"));
    }

    /** A layer with data of its own; without data the library would take the plot's. */
    private static Map<String, Object> segments(Map<String, Object> data, Map<String, Object> mapping,
            Map<String, Object> look) {
        Map<String, Object> layer = map("geom", "segment", "data", data, "mapping", mapping, "inherit_aes", false,
                "show_legend", false, "tooltips", "none");
        layer.putAll(look);
        return layer;
    }

    private static Map<String, Object> scale(String aesthetic, Plot.Axis axis, DoubleStream values) {
        Map<String, Object> scale = map("aesthetic", aesthetic, "name", axis.label(), "trans",
                axis.scale() == Plot.Scale.LOGARITHMIC ? "log10" : "identity");
        DoubleSummaryStatistics ends = values.summaryStatistics();
        List<Double> breaks = switch (axis.scale()) {
            case LINEAR -> List.of();
            case WHOLE -> Breaks.whole(ends.getMin(), ends.getMax());
            case LOGARITHMIC -> Breaks.logarithmic(ends.getMin(), ends.getMax());
        };
        if (!breaks.isEmpty()) {
            scale.put("breaks", breaks);
            scale.put("labels", column(breaks, Breaks::label));
        }
        if (axis.scale() == Plot.Scale.LOGARITHMIC && ends.getMin() < ends.getMax()) {
            // The library adds its margin before it takes logarithms, so that there is none below.
            double margin = StrictMath.pow(10,
                    MARGIN * (StrictMath.log10(ends.getMax()) - StrictMath.log10(ends.getMin())));
            scale.put("limits", List.of(Math.max(ends.getMin() / margin, Double.MIN_VALUE), ends.getMax() * margin));
        }
        return scale;
    }

    private static Map<String, Object> manual(String aesthetic, List<String> names, List<?> values) {
        return map("aesthetic", aesthetic, "name", "", "discrete", true, "limits", names, "values",
                Stream.iterate(0, index -> index + 1).limit(names.size())
                        .map(index -> values.get(index % values.size())).toList());
    }

    private static <T> List<Object> column(List<T> items, Function<T, Object> value) {
        return items.stream().map(value).toList();
    }

    /** The library writes into what it is given. */
    private static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
