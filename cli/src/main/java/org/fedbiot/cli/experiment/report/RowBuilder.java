package org.fedbiot.cli.experiment.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.fedbiot.schemas.event.EvaluatedModel;

/**
 * A method's cells at one point, gathered to a row. A seed of which a part is missing is missing: a mean over the other
 * clients would be another question.
 */
final class RowBuilder {

    private final Point point;
    private final String method;
    private final SortedMap<Long, List<Grid.Entry>> cells = new TreeMap<>();

    RowBuilder(Point point, String method) {
        this.point = point;
        this.method = method;
    }

    void add(Grid.Entry entry) {
        cells.computeIfAbsent(entry.cell().seed(), seed -> new ArrayList<>()).add(entry);
    }

    Row row() {
        return row(method, RowBuilder::metrics);
    }

    /** What these cells scored of the models that nobody tuned. */
    List<Row> rawRows() {
        return List.of(
                row(Methods.RAW_FULL, parts -> raw(parts.get(0), EvaluatedModel.RAW_FULL, Metric.ADAP_FU_NLL,
                        Metric.ADAP_FU_PERPLEXITY, Metric.ADAP_FU_EXACT_MATCH, Metric.ADAP_FU_PARSES)),
                row(Methods.RAW_COMPRESSED, parts -> raw(parts.get(0), EvaluatedModel.RAW_COMPRESSED,
                        Metric.ADAP_EMU_NLL, Metric.ADAP_EMU_PERPLEXITY, Metric.ADAP_EMU_EXACT_MATCH,
                        Metric.ADAP_EMU_PARSES)));
    }

    private Row row(String name, Function<List<CellOutcome>, Map<Metric, Double>> values) {
        SortedMap<Long, Map<Metric, Double>> seeds = new TreeMap<>();
        SortedMap<Long, String> missing = new TreeMap<>();
        cells.forEach((seed, entries) -> {
            String problem = entries.stream().filter(entry -> entry.outcome().isEmpty())
                    .map(entry -> entry.cell().id() + ": " + entry.problem()).collect(Collectors.joining("; "));
            if (problem.isEmpty()) {
                seeds.put(seed, values.apply(entries.stream().map(Grid.Entry::outcome).flatMap(Optional::stream)
                        .toList()));
            } else {
                missing.put(seed, problem);
            }
        });
        return new Row(point, name, seeds, missing);
    }

    private static Map<Metric, Double> metrics(List<CellOutcome> parts) {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            metric.of(parts).ifPresent(value -> values.put(metric, value));
        }
        return values;
    }

    private static Map<Metric, Double> raw(CellOutcome cell, EvaluatedModel model, Metric nll, Metric perplexity,
            Metric exactMatch, Metric parses) {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        cell.score(model).ifPresent(score -> {
            values.put(nll, score.nll());
            values.put(perplexity, score.perplexity());
            values.put(Metric.EXACT_MATCH_RECORDS, (double) score.exactMatchRecords());
            score.exactMatch().ifPresent(share -> values.put(exactMatch, share));
            score.parses().ifPresent(share -> {
                values.put(parses, share);
                values.put(Metric.PARSES_RECORDS, (double) score.parsesRecords());
            });
        });
        return values;
    }
}
