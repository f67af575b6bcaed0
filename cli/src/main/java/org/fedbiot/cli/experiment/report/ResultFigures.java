package org.fedbiot.cli.experiment.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.fedbiot.cli.figure.Plot;
import org.fedbiot.cli.figure.Plot.Axis;
import org.fedbiot.cli.figure.Plot.Dot;
import org.fedbiot.cli.figure.Plot.Dots;
import org.fedbiot.cli.figure.Plot.Line;
import org.fedbiot.cli.figure.Plot.Lines;
import org.fedbiot.cli.figure.Plot.Mark;
import org.fedbiot.cli.figure.Plot.Scale;
import org.fedbiot.cli.figure.Plot.Span;
import org.fedbiot.cli.figure.Plot.Value;

/** The report's own figures. Raw models are in the tables alone: they lie so far off that nothing else would show. */
final class ResultFigures {

    private static final Map<Metric, String> TITLES = Map.of(Metric.ADAP_FU_NLL, "AdapFu NLL",
            Metric.ADAP_FU_EXACT_MATCH, "AdapFu exact match", Metric.ADAP_FU_PARSES, "AdapFu programs that parse",
            Metric.ADAP_EMU_NLL, "AdapEmu NLL", Metric.ADAP_EMU_EXACT_MATCH, "AdapEmu exact match",
            Metric.ADAP_EMU_PARSES, "AdapEmu programs that parse");

    private final Grid grid;
    private final List<Difference> differences;

    ResultFigures(Grid grid, List<Difference> differences) {
        this.grid = grid;
        this.differences = differences;
    }

    List<Plot> all() {
        List<Plot> plots = new ArrayList<>();
        int place = 0;
        for (Point point : grid.rows().keySet()) {
            place++;
            for (Metric metric : Metric.COMPARED) {
                methods(point, metric, place).ifPresent(plots::add);
                differences(point, metric, place).ifPresent(plots::add);
            }
        }
        grid.keys().forEach(key -> plots.addAll(over(key)));
        AlignmentFigures alignment = new AlignmentFigures(grid);
        plots.addAll(alignment.ofMethods());
        plots.addAll(alignment.ofPoints());
        return plots;
    }

    private static String at(String title, Point point) {
        return point.label().isEmpty() ? title : title + " at " + point.label();
    }

    private Optional<Plot> methods(Point point, Metric metric, int place) {
        List<Dot> dots = grid.rows().get(point).stream().filter(row -> !Methods.isRaw(row.method()))
                .flatMap(row -> row.sample(metric).map(sample -> new Dot(row.method(), value(sample))).stream())
                .toList();
        return dots.isEmpty() ? Optional.empty() : Optional.of(new Dots(metric.label() + "-" + place,
                at(TITLES.get(metric) + " by method", point), TITLES.get(metric), false, dots));
    }

    private Optional<Plot> differences(Point point, Metric metric, int place) {
        List<Dot> dots = differences.stream()
                .filter(difference -> difference.point().equals(point) && difference.metric() == metric
                        && difference.reference().equals(Methods.REFERENCE) && !Methods.isRaw(difference.method()))
                .map(difference -> new Dot(difference.method(), value(difference.sample()))).toList();
        return dots.isEmpty() ? Optional.empty() : Optional.of(new Dots(metric.label() + "-difference-" + place,
                at(TITLES.get(metric) + " less " + Methods.REFERENCE + "'s", point), "difference in "
                        + TITLES.get(metric), true, dots));
    }

    /** Figures over a key of the grid that has numbers, one for each place on its other keys. */
    private List<Plot> over(String key) {
        SortedMap<Point, List<Row>> places = grid.allRows()
                .filter(row -> !Methods.isRaw(row.method()) && Point.number(row.point().value(key)).isPresent())
                .collect(Collectors.groupingBy(row -> row.point().without(key), TreeMap::new, Collectors.toList()));
        List<Plot> plots = new ArrayList<>();
        for (Point rest : places.keySet()) {
            List<Row> rows = places.get(rest);
            if (rows.stream().map(row -> row.point().value(key)).distinct().count() > 1) {
                String suffix = "-over-" + key.replaceAll("[^A-Za-z0-9._-]", "-") + "-"
                        + (places.headMap(rest).size() + 1);
                for (Metric metric : List.of(Metric.ADAP_FU_NLL, Metric.ADAP_FU_EXACT_MATCH,
                        Metric.ADAP_FU_PARSES)) {
                    List<Line> lines = lines(rows, key, metric);
                    if (!lines.isEmpty()) {
                        plots.add(new Lines(metric.label() + suffix, at(TITLES.get(metric) + " over " + key, rest),
                                new Axis(key, Scale.LINEAR), new Axis(TITLES.get(metric), Scale.LINEAR), lines));
                    }
                }
            }
        }
        return plots;
    }

    private static List<Line> lines(List<Row> rows, String key, Metric metric) {
        SortedMap<String, List<Mark>> marks = new TreeMap<>(Methods.IN_ORDER);
        rows.forEach(row -> row.sample(metric).ifPresent(sample -> marks
                .computeIfAbsent(row.method(), method -> new ArrayList<>())
                .add(new Mark(Point.number(row.point().value(key)).getAsDouble(), value(sample)))));
        return marks.entrySet().stream().map(entry -> new Line(entry.getKey(), entry.getValue())).toList();
    }

    private static Value value(Sample sample) {
        return new Value(sample.mean(), sample.interval().map(ends -> new Span(ends.lower(), ends.upper())));
    }
}
