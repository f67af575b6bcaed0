package org.fedbiot.cli.experiment.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fedbiot.cli.figure.Plot;
import org.fedbiot.cli.figure.Plot.Axis;
import org.fedbiot.cli.figure.Plot.Line;
import org.fedbiot.cli.figure.Plot.Lines;
import org.fedbiot.cli.figure.Plot.Mark;
import org.fedbiot.cli.figure.Plot.Scale;
import org.fedbiot.cli.figure.Plot.Value;
import org.fedbiot.observer.AlignmentPicture;

/** How emulators follow the full model over rounds: after each alignment, the mean over seeds. */
final class AlignmentFigures {

    /** More lines than that nobody can tell apart. */
    private static final int MOST_LINES = 10;

    private final List<CellOutcome> cells;
    private final List<Point> points;

    AlignmentFigures(Grid grid) {
        this.cells = grid.outcomes().toList();
        this.points = List.copyOf(grid.rows().keySet());
    }

    /** A figure for every point, its lines the methods. */
    List<Plot> ofMethods() {
        List<Plot> plots = new ArrayList<>();
        for (int place = 0; place < points.size(); place++) {
            Point point = points.get(place);
            String title = point.label().isEmpty() ? "" : " at " + point.label();
            plots.addAll(both("-" + (place + 1), title, cells.stream()
                    .filter(cell -> new Point(cell.cell().point()).equals(point))
                    .collect(Collectors.groupingBy(cell -> cell.cell().method(),
                            () -> new TreeMap<>(Methods.IN_ORDER), Collectors.toList()))));
        }
        return plots;
    }

    /** A figure of the reference method, its lines the points; none where there is one point or too many. */
    List<Plot> ofPoints() {
        if (points.size() < 2 || points.size() > MOST_LINES) {
            return List.of();
        }
        SortedMap<Point, List<CellOutcome>> lines = cells.stream()
                .filter(cell -> cell.cell().method().equals(Methods.REFERENCE))
                .collect(Collectors.groupingBy(cell -> new Point(cell.cell().point()), TreeMap::new,
                        Collectors.toList()));
        Map<String, List<CellOutcome>> labelled = new LinkedHashMap<>();
        lines.forEach((point, at) -> labelled.put(point.label(), at));
        return both("-points", " of " + Methods.REFERENCE + " by point of the grid", labelled);
    }

    private static List<Plot> both(String suffix, String title, Map<String, List<CellOutcome>> lines) {
        return Stream.of(plot("l2" + suffix, "L2", title, lines, done -> done.after().l2()),
                plot("kl" + suffix, "KL", title, lines, done -> done.after().kl())).flatMap(Optional::stream).toList();
    }

    private static Optional<Plot> plot(String name, String figure, String title, Map<String, List<CellOutcome>> cells,
            ToDoubleFunction<AlignmentPicture> number) {
        List<Line> lines = cells.entrySet().stream().map(entry -> new Line(entry.getKey(), marks(entry.getValue(),
                number))).filter(line -> !line.marks().isEmpty()).limit(MOST_LINES).toList();
        return lines.isEmpty() ? Optional.empty() : Optional.of(new Lines(name, figure + " after alignment" + title,
                new Axis("round that follows (0: first alignment)", Scale.WHOLE),
                new Axis(figure + " on held-out public text", Scale.LINEAR), lines));
    }

    private static List<Mark> marks(List<CellOutcome> cells, ToDoubleFunction<AlignmentPicture> number) {
        SortedMap<Integer, List<Double>> byRound = new TreeMap<>();
        cells.forEach(cell -> cell.run().alignments().forEach(done -> byRound
                .computeIfAbsent(done.round(), round -> new ArrayList<>()).add(number.applyAsDouble(done))));
        return byRound.entrySet().stream().map(entry -> new Mark(entry.getKey(), Value.of(mean(entry.getValue()))))
                .toList();
    }

    private static double mean(List<Double> values) {
        return values.stream().reduce(0.0, Double::sum) / values.size();
    }
}
