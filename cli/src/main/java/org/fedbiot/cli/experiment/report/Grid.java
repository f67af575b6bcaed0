package org.fedbiot.cli.experiment.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.fedbiot.cli.experiment.Cell;
import org.fedbiot.cli.experiment.CellResult;

/**
 * An experiment's cells in their order, and what they come to as rows of methods, whatever order they were given in.
 *
 * @param entries all cells
 * @param rows by point; in each the methods' rows, then those of the raw models
 */
record Grid(List<Entry> entries, SortedMap<Point, List<Row>> rows) {

    private static final Comparator<Entry> IN_ORDER = Comparator.comparing(Entry::point)
            .thenComparing(entry -> entry.cell().method(), Methods.IN_ORDER)
            .thenComparing(entry -> entry.cell().seed())
            .thenComparing(entry -> entry.cell().part())
            .thenComparing(entry -> entry.cell().id());

    /** @param problem why there is no outcome; empty where there is one */
    record Entry(Cell cell, Point point, Optional<CellOutcome> outcome, String problem) {

        static Entry of(CellResult result) {
            Cell cell = result.cell();
            Point point = new Point(cell.point());
            if (result.run().isEmpty()) {
                return new Entry(cell, point, Optional.empty(), result.problem());
            }
            try {
                return new Entry(cell, point, Optional.of(CellOutcome.of(cell, result.run().get())), "");
            } catch (IllegalArgumentException e) {
                return new Entry(cell, point, Optional.empty(), e.getMessage());
            }
        }
    }

    Grid {
        entries = List.copyOf(entries);
        rows = Collections.unmodifiableSortedMap(new TreeMap<>(rows));
    }

    static Grid of(List<CellResult> results) {
        List<Entry> entries = results.stream().map(Entry::of).sorted(IN_ORDER).toList();
        SortedMap<Point, SortedMap<String, RowBuilder>> builders = new TreeMap<>();
        for (Entry entry : entries) {
            builders.computeIfAbsent(entry.point(), point -> new TreeMap<>(Methods.IN_ORDER))
                    .computeIfAbsent(entry.cell().method(), method -> new RowBuilder(entry.point(), method))
                    .add(entry);
        }
        SortedMap<Point, List<Row>> rows = new TreeMap<>();
        builders.forEach((point, methods) -> {
            List<Row> own = new ArrayList<>(methods.values().stream().map(RowBuilder::row).toList());
            own.addAll(methods.get(methods.firstKey()).rawRows());
            rows.put(point, own);
        });
        return new Grid(entries, rows);
    }

    Stream<CellOutcome> outcomes() {
        return entries.stream().map(Entry::outcome).flatMap(Optional::stream);
    }

    Stream<Row> allRows() {
        return rows.values().stream().flatMap(List::stream);
    }

    /** What is varied, in the grid's order. */
    List<String> keys() {
        Set<String> keys = new LinkedHashSet<>();
        entries.forEach(entry -> keys.addAll(entry.point().values().keySet()));
        return List.copyOf(keys);
    }
}
