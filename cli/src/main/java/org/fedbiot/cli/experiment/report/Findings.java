package org.fedbiot.cli.experiment.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.fedbiot.cli.table.Cells;
import org.fedbiot.observer.EvaluationPicture.Score;
import org.fedbiot.observer.SpecSummary;
import org.fedbiot.schemas.event.EvaluatedModel;

/** What a reader of the numbers has to know before trusting them. */
final class Findings {

    private final Grid grid;
    private final List<String> found = new ArrayList<>();

    private Findings(Grid grid) {
        this.grid = grid;
    }

    static List<String> of(Grid grid) {
        Findings findings = new Findings(grid);
        findings.missing();
        findings.seeds();
        findings.notFinite();
        findings.raw(EvaluatedModel.RAW_FULL, cell -> "");
        findings.raw(EvaluatedModel.RAW_COMPRESSED, cell -> cell.run().spec().map(SpecSummary::keptLayers));
        return List.copyOf(findings.found);
    }

    private void missing() {
        long missing = grid.entries().stream().filter(entry -> entry.outcome().isEmpty()).count();
        if (missing > 0) {
            found.add(missing + " of " + grid.entries().size() + " cells are missing: no mean and no difference has"
                    + " their seeds");
        }
    }

    private void seeds() {
        int most = grid.allRows().mapToInt(Row::planned).max().orElse(0);
        if (most < 2) {
            found.add("one seed: nothing here says how much the numbers vary, so there are no intervals");
        }
    }

    /** One such number makes a mean of them all that is none. */
    private void notFinite() {
        List<String> cells = grid.outcomes().filter(cell -> cell.scores().stream()
                .anyMatch(score -> !Double.isFinite(score.nll()))).map(cell -> cell.cell().id()).distinct().toList();
        if (!cells.isEmpty()) {
            found.add("training came to no finite loss in " + String.join(", ", cells) + ": means with it are empty");
        }
    }

    /** A model that nobody tuned scores the same on the same records, whoever scored it: else the records differ. */
    private void raw(EvaluatedModel model, Function<CellOutcome, Object> cut) {
        Map<List<Object>, Map<String, List<String>>> cellsByScore = new LinkedHashMap<>();
        grid.outcomes().forEach(cell -> cell.score(model).ifPresent(score -> cellsByScore
                .computeIfAbsent(List.of(cell.cell().point(), cell.cell().seed(), cut.apply(cell)),
                        key -> new LinkedHashMap<>())
                .computeIfAbsent(text(score), key -> new ArrayList<>()).add(cell.cell().id())));
        cellsByScore.values().stream().filter(scores -> scores.size() > 1).forEach(scores -> found.add(
                "cells of the same data do not agree about " + model + ": " + scores.entrySet().stream()
                        .map(entry -> entry.getKey() + " in " + String.join(", ", entry.getValue()))
                        .collect(Collectors.joining("; "))));
    }

    private static String text(Score score) {
        return "NLL " + Cells.exact(Cells.cell(score.nll())) + (score.exactMatch().isEmpty() ? ""
                : " and exact match " + Cells.exact(Cells.cell(score.exactMatch())));
    }
}
