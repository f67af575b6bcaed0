package org.fedbiot.cli.experiment.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.fedbiot.cli.experiment.report.Plot.Dot;
import org.fedbiot.cli.experiment.report.Plot.Line;
import org.fedbiot.cli.experiment.report.Plot.Mark;
import org.jetbrains.letsPlot.commons.encoding.UnsupportedRGBEncoder;
import org.jetbrains.letsPlot.commons.geometry.DoubleVector;
import org.jetbrains.letsPlot.core.util.PlotSvgExportCommon;

/** Has a plot drawn by Lets-Plot, from its specification as maps. */
final class PlotSvg {

    private static final double WIDTH = 720;
    private static final double LINES_HEIGHT = 360;
    private static final double DOTS_HEIGHT = 110;
    private static final double DOT_HEIGHT = 28;
    /** Of a lightness that shows on white and on black. */
    private static final List<String> COLOURS = List.of("#1f8a7d", "#c8641c", "#5b74d6", "#b0508f", "#7a8a1f",
            "#8a6fc9", "#c2443d", "#6b7780", "#2f8fb3", "#a3763a");
    /** Lines differ in more than colour, for whoever does not see the colours. */
    private static final List<String> DASHES = List.of("solid", "dashed", "dotted", "dotdash", "longdash");
    private static final List<Integer> SHAPES = List.of(16, 17, 15, 18, 1, 2, 0);
    /** Values nearer to the ends of what a double can hold break the axes' arithmetic. */
    private static final double LARGEST = 1e100;

    private PlotSvg() {
    }

    /**
     * @return an SVG element with ids that begin with the plot's name, always the same text for the same plot; empty if
     *     nothing of it can be drawn
     */
    static Optional<String> of(Plot plot) {
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
        List<String> names = plot.lines().stream().map(Line::label).toList();
        List<Named> marks = plot.lines().stream().flatMap(line -> line.marks().stream()
                .filter(mark -> isDrawn(plot, mark)).map(mark -> new Named(line.label(), mark))).toList();
        if (marks.isEmpty()) {
            return Optional.empty();
        }
        List<Named> intervals = marks.stream().filter(one -> one.mark().y().interval().isPresent()).toList();
        Map<String, Object> data = map("x", column(marks, one -> one.mark().x()),
                "y", column(marks, one -> one.mark().y().mean()), "line", column(marks, Named::name));
        Map<String, Object> bounds = map("x", column(intervals, one -> one.mark().x()),
                "lower", column(intervals, one -> one.mark().y().interval().orElseThrow().lower()),
                "upper", column(intervals, one -> one.mark().y().interval().orElseThrow().upper()),
                "line", column(intervals, Named::name));
        List<Map<String, Object>> layers = new ArrayList<>(List.of(
                map("geom", "line", "size", 1.0, "tooltips", "none"),
                map("geom", "point", "size", 3.5, "tooltips", "none")));
        if (!intervals.isEmpty()) {
            layers.add(0, segments(bounds, map("x", "x", "xend", "x", "y", "lower", "yend", "upper", "color", "line"),
                    map("size", 0.8)));
        }
        return Optional.of(drawn(plot(plot.title(), data,
                map("x", "x", "y", "y", "color", "line", "linetype", "line", "shape", "line"), layers,
                List.of(scale("x", plot.x()), scale("y", plot.y()), manual("color", names, COLOURS),
                        manual("linetype", names, DASHES), manual("shape", names, SHAPES))), LINES_HEIGHT));
    }

    private static boolean isDrawn(Plot.Lines plot, Mark mark) {
        double lower = mark.y().interval().map(Interval::lower).orElse(mark.y().mean());
        return isDrawn(mark.y()) && isDrawn(mark.x()) && (!plot.x().logarithmic() || mark.x() > 0)
                && (!plot.y().logarithmic() || lower > 0 && mark.y().mean() > 0);
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

    private static Map<String, Object> scale(String aesthetic, Plot.Axis axis) {
        return map("aesthetic", aesthetic, "name", axis.label(), "trans", axis.logarithmic() ? "log10" : "identity");
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
