package org.fedbiot.cli.experiment.cost;

import static org.fedbiot.cli.table.Cells.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.fedbiot.cli.experiment.Method;
import org.fedbiot.cli.figure.Plot;
import org.fedbiot.cli.table.Table;

/** Bytes as time: the rows of an experiment over links of several bandwidths. */
final class LinkTable {

    static final String NOTE = "Simulated time of the runs' logs with every link at one bandwidth in both directions;"
            + " delays and device rates are those of links. A round waits for its slowest counted client; the server's"
            + " alignments are in series, its line and its fold of updates take no time, and evaluation is left out."
            + " targetNll is the last AdapFu of fedbiot, in the mean over seeds; hoursToTarget ends with the first"
            + " evaluated round whose AdapFu is at least as good as that of the same seed, in the mean over seeds that"
            + " reach it. all-weights (computed) was not run: it is taken to have the rounds and the scores of"
            + " fedavg-full, with all weights of the full model trained, at three times the forward pass, sent both"
            + " ways in every round, and without alignment.";

    private static final List<Long> BANDWIDTHS = List.of(10_000_000L, 100_000_000L, 1_000_000_000L);
    private static final String REFERENCE = Method.FEDBIOT.label();
    private static final String CEILING = Method.FEDAVG_FULL.label();
    private static final String ALL_WEIGHTS = "all-weights (computed)";
    private static final double SECONDS_PER_HOUR = 3_600;

    private final List<String> keys;
    private final Map<Row, List<PricedCell>> rows = new LinkedHashMap<>();
    private final Map<Seed, Double> targets = new HashMap<>();

    private record Row(String method, Map<String, String> point, Exchange exchange) {
    }

    private record Seed(Map<String, String> point, long seed) {
    }

    /**
     * A row at one bandwidth.
     *
     * @param target NLL
     * @param reached seeds that came to the target
     */
    private record Pace(int seeds, double roundsPerHour, double target, int reached, double hours) {
    }

    /** @param cells a row of one run per client has no rounds in common, and is left out */
    LinkTable(List<PricedCell> cells, List<String> keys) {
        this.keys = keys;
        for (PricedCell priced : cells) {
            if (!priced.cell().part().isEmpty()) {
                continue;
            }
            Map<String, String> point = priced.cell().point();
            add(new Row(priced.cell().method(), point, Exchange.FACTORS), priced);
            if (priced.cell().method().equals(CEILING)) {
                add(new Row(ALL_WEIGHTS, point, Exchange.ALL_WEIGHTS), priced);
            }
            if (priced.cell().method().equals(REFERENCE)) {
                priced.timeline(Exchange.FACTORS, 0).lastNll().ifPresent(nll ->
                        targets.put(new Seed(point, priced.cell().seed()), nll));
            }
        }
    }

    private void add(Row row, PricedCell priced) {
        rows.computeIfAbsent(row, first -> new ArrayList<>()).add(priced);
    }

    Table table() {
        List<String> columns = new ArrayList<>(List.of("method"));
        columns.addAll(keys);
        columns.addAll(List.of("bitsPerSecond", "seeds", "roundsPerHour", "targetNll", "reachedTarget",
                "hoursToTarget"));
        List<List<JsonNode>> lines = new ArrayList<>();
        rows.forEach((row, cells) -> BANDWIDTHS.forEach(bandwidth -> {
            Pace pace = pace(row, cells, bandwidth);
            List<JsonNode> line = new ArrayList<>(List.of(cell(row.method())));
            keys.forEach(key -> line.add(cell(row.point().getOrDefault(key, ""))));
            line.addAll(List.of(cell(bandwidth), cell(pace.seeds()), cell(pace.roundsPerHour()), cell(pace.target()),
                    cell(pace.reached()), cell(pace.hours())));
            lines.add(line);
        }));
        return new Table("links", columns, lines);
    }

    private Pace pace(Row row, List<PricedCell> cells, long bandwidth) {
        List<Double> rates = new ArrayList<>();
        List<Double> given = new ArrayList<>();
        List<Double> hours = new ArrayList<>();
        for (PricedCell priced : cells) {
            Timeline timeline = priced.timeline(row.exchange(), bandwidth);
            timeline.roundsPerHour().ifPresent(rates::add);
            Optional<Double> target = Optional.ofNullable(targets.get(new Seed(row.point(), priced.cell().seed())));
            target.ifPresent(nll -> {
                given.add(nll);
                timeline.secondsTo(nll).ifPresent(reached -> hours.add(reached / SECONDS_PER_HOUR));
            });
        }
        return new Pace(cells.size(), mean(rates), mean(given), hours.size(), mean(hours));
    }

    private static double mean(List<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** The reference, the ceiling and all weights, at the first point; none where no time is known. */
    Optional<Plot> plot() {
        return rows.keySet().stream().map(Row::point).findFirst().flatMap(this::plot);
    }

    private Optional<Plot> plot(Map<String, String> point) {
        List<Plot.Line> lines = rows.entrySet().stream()
                .filter(row -> List.of(REFERENCE, CEILING, ALL_WEIGHTS).contains(row.getKey().method())
                        && row.getKey().point().equals(point))
                .map(row -> new Plot.Line(row.getKey().method(), BANDWIDTHS.stream()
                        .map(bandwidth -> mark(row.getKey(), row.getValue(), bandwidth))
                        .flatMap(Optional::stream).toList()))
                .filter(line -> !line.marks().isEmpty()).toList();
        String where = point.entrySet().stream().map(key -> key.getKey() + ' ' + key.getValue())
                .collect(Collectors.joining(", "));
        return lines.isEmpty() ? Optional.empty() : Optional.of(new Plot.Lines("links",
                "Time to the NLL that fedbiot ends with" + (where.isEmpty() ? "" : " at " + where),
                new Plot.Axis("bits per second, up and down", Plot.Scale.LOGARITHMIC),
                new Plot.Axis("hours", Plot.Scale.LOGARITHMIC), lines));
    }

    private Optional<Plot.Mark> mark(Row row, List<PricedCell> cells, long bandwidth) {
        double hours = pace(row, cells, bandwidth).hours();
        return Double.isFinite(hours) && hours > 0
                ? Optional.of(new Plot.Mark(bandwidth, Plot.Value.of(hours))) : Optional.empty();
    }
}
