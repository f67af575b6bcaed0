package org.fedbiot.cli.experiment.report;

import static org.fedbiot.cli.table.Cells.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.fedbiot.cli.table.Cells;
import org.fedbiot.cli.table.Table;

/**
 * How far a method is from itself at another place on one axis of the grid, all else equal, seed by seed: what a codec
 * or a drop rate does.
 *
 * @param key of the axis
 * @param row at the place that is compared
 * @param reference the same method's, at the place before it on the axis
 * @param bySeed the row's value less the reference's, of the seeds that both have
 */
record AxisDifference(String key, Row row, Row reference, Metric metric, SortedMap<Long, Double> bySeed,
        Sample sample) {

    private static final List<Metric> COMPARED =
            Stream.concat(Metric.COMPARED.stream(), Stream.of(Metric.L2, Metric.KL)).toList();

    /** Every pair of places on every axis, of every method that has a run of its own there. */
    static List<AxisDifference> of(Grid grid) {
        List<Row> rows = grid.allRows().filter(row -> !Methods.isRaw(row.method())).toList();
        List<AxisDifference> differences = new ArrayList<>();
        for (String key : grid.keys()) {
            for (int reference = 0; reference < rows.size(); reference++) {
                for (int row = reference + 1; row < rows.size(); row++) {
                    if (differInAlone(key, rows.get(row), rows.get(reference))) {
                        for (Metric metric : COMPARED) {
                            of(key, metric, rows.get(row), rows.get(reference)).ifPresent(differences::add);
                        }
                    }
                }
            }
        }
        return differences;
    }

    private static boolean differInAlone(String key, Row row, Row reference) {
        return row.method().equals(reference.method())
                && !row.point().value(key).equals(reference.point().value(key))
                && row.point().without(key).equals(reference.point().without(key));
    }

    private static Optional<AxisDifference> of(String key, Metric metric, Row row, Row reference) {
        SortedMap<Long, Double> bySeed = Difference.bySeed(metric, row, reference);
        return Sample.of(bySeed.values())
                .map(sample -> new AxisDifference(key, row, reference, metric, bySeed, sample));
    }

    /** As a part of the report; empty where no axis has two places. */
    static Optional<Section> section(Grid grid) {
        List<AxisDifference> differences = of(grid);
        return differences.isEmpty() ? Optional.empty() : Optional.of(new Section("Along an axis",
                "A method at one place of the grid less the same method at another that differs in one key alone, seed by"
                        + " seed. Where the key is the task or how text is dealt, the two have other data, and their"
                        + " difference says nothing of the method.", table(grid.keys(), differences),
                Optional.empty()));
    }

    private static Table table(List<String> keys, List<AxisDifference> differences) {
        List<String> columns = new ArrayList<>(List.of("method", "axis", "value", "reference"));
        keys.forEach(key -> columns.add("at." + key));
        columns.addAll(List.of("metric", "mean", "standardDeviation", "lower", "upper", "seeds", "excludesZero",
                "seedNumbers", "seedDifferences"));
        return new Table("axes", columns, differences.stream().map(one -> one.line(keys)).toList());
    }

    private List<JsonNode> line(List<String> keys) {
        List<JsonNode> line = new ArrayList<>(List.of(cell(row.method()), cell(key), cell(row.point().value(key)),
                cell(reference.point().value(key))));
        keys.forEach(other -> line.add(cell(other.equals(key) ? "" : row.point().value(other))));
        Optional<Interval> interval = sample.interval();
        line.addAll(List.of(cell(metric.label()), cell(sample.mean()), cell(sample.deviation()),
                cell(interval.map(Interval::lower).orElse(Double.NaN)),
                cell(interval.map(Interval::upper).orElse(Double.NaN)), cell(sample.size()),
                cell(interval.map(Interval::excludesZero).map(String::valueOf).orElse("")),
                Cells.longs(bySeed.keySet()), Cells.doubles(bySeed.values())));
        return line;
    }
}
