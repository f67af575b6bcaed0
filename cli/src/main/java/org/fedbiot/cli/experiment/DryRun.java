package org.fedbiot.cli.experiment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fedbiot.cli.experiment.cost.PricedRun;

/**
 * What would be run and what it would cost; the names of its JSON are public.
 *
 * @param runs that the rows need, equal ones counted once
 * @param finished of these
 * @param steps of optimisers, clients' and the server's, in the runs that are not finished
 * @param bytes that clients fetch and send in these, without record headers
 * @param flops of server and clients in these, evaluation too
 * @param seconds these would take one after another; null while no cell has been run here, so that nothing is known
 */
record DryRun(int rows, int runs, int finished, long steps, long bytes, double flops, Double seconds,
        List<Row> cells) {

    /**
     * A row.
     *
     * @param state {@code finished}, {@code failed}, {@code to run}, {@code same run} as a row above, or
     *     {@code not possible}
     * @param problem why it failed or is not possible
     */
    record Row(String id, String method, Map<String, String> point, long seed, String part, String state, long steps,
            long bytes, double flops, Double seconds, String problem) {

        /** Values of the grid, and the client of a row that has a run for each. */
        private String at() {
            return Stream.concat(point.values().stream(), Stream.of(part)).filter(word -> !word.isEmpty())
                    .collect(Collectors.joining(" "));
        }
    }

    static DryRun of(Experiment experiment, ExperimentDirectory directory, Pace pace) {
        Map<String, Double> seconds = new HashMap<>();
        experiment.runs().forEach(cell -> directory.finished(cell.id()).ifPresent(run -> {
            seconds.put(cell.id(), run.seconds());
            pace.add(cell, run.seconds());
        }));
        Set<String> seen = new HashSet<>();
        List<Row> rows = new ArrayList<>();
        for (PlannedCell cell : experiment.cells()) {
            rows.add(row(cell, experiment, directory, pace, seconds.get(cell.id()), seen));
        }
        List<PlannedCell> open = experiment.runs().stream().filter(cell -> !seconds.containsKey(cell.id())).toList();
        OptionalDouble rest = pace.estimate(open);
        return new DryRun(rows.size(), experiment.runs().size(), seconds.size(),
                open.stream().mapToLong(pace::steps).sum(),
                open.stream().mapToLong(cell -> experiment.priced(cell).bytes().total()).sum(),
                open.stream().mapToDouble(cell -> experiment.priced(cell).flops().total()).sum(),
                rest.isPresent() ? rest.getAsDouble() : null, rows);
    }

    private static Row row(PlannedCell planned, Experiment experiment, ExperimentDirectory directory, Pace pace,
            Double taken, Set<String> seen) {
        Cell cell = planned.cell();
        if (planned.spec().isEmpty()) {
            return new Row(cell.id(), cell.method(), cell.point(), cell.seed(), cell.part(), "not possible", 0, 0, 0,
                    null, planned.problem());
        }
        String failed = directory.failed(cell.id()).orElse("");
        String state = !seen.add(cell.id()) ? "same run" : taken != null ? "finished"
                : failed.isEmpty() ? "to run" : "failed";
        PricedRun priced = experiment.priced(planned);
        OptionalDouble estimate = pace.estimate(planned);
        return new Row(cell.id(), cell.method(), cell.point(), cell.seed(), cell.part(), state, pace.steps(planned),
                priced.bytes().total(), priced.flops().total(),
                taken != null ? taken : estimate.isPresent() ? (Double) estimate.getAsDouble() : null, failed);
    }

    List<String> lines() {
        int method = width("method", Row::method);
        int point = width("point", Row::at);
        int seed = width("seed", row -> Long.toString(row.seed()));
        String form = "%-" + method + "s  %-" + point + "s  %" + seed + "s  %-12s  %9s  %15s  %9s  %10s  %s";
        List<String> lines = new ArrayList<>(List.of(String.format(Locale.ROOT, form, "method", "point", "seed",
                "state", "steps", "bytes", "FLOPs", "time", "").stripTrailing()));
        for (Row row : cells) {
            boolean possible = row.steps() > 0;
            lines.add(String.format(Locale.ROOT, form, row.method(), row.at(), row.seed(), row.state(),
                    possible ? String.format(Locale.ROOT, "%,d", row.steps()) : "",
                    possible ? String.format(Locale.ROOT, "%,d", row.bytes()) : "",
                    possible ? String.format(Locale.ROOT, "%.2e", row.flops()) : "",
                    row.seconds() == null ? "" : Progress.duration(row.seconds()), row.problem()).stripTrailing());
        }
        lines.add(String.format(Locale.ROOT, "%d rows, %d runs, %d finished; to run: %,d steps, %,d bytes, %.2e FLOPs, "
                + "%s", rows, runs, finished, steps, bytes, flops, seconds == null
                        ? "time unknown until a cell has been run"
                        : "about " + Progress.duration(seconds) + " one after another, estimated"));
        return lines;
    }

    private int width(String head, Function<Row, String> column) {
        return cells.stream().map(column).mapToInt(String::length).reduce(head.length(), Math::max);
    }
}
