package org.fedbiot.cli.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.experiment.cost.Budget;
import org.fedbiot.cli.experiment.cost.CostSections;
import org.fedbiot.cli.experiment.cost.PricedRun;
import org.fedbiot.cli.experiment.cost.TextMeasure;
import org.fedbiot.cli.experiment.cost.Texts;
import org.fedbiot.cli.experiment.report.ExperimentReport;
import org.fedbiot.cli.model.FileHash;
import org.fedbiot.cli.settings.SettingsTree;
import org.fedbiot.learning.data.JsonlExamples;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.schemas.event.RunSpec;

/**
 * An experiment's file, resolved against the model, the text files and an earlier start in the same directory: every
 * bad input has been found by now, and nothing is written.
 *
 * @param cells rows in order
 * @param lengths of the runs' texts
 * @param notes what a person should know of text and links, as sentences
 * @param missing model and text files that are not here, as sentences: enough for a plan, not for a run
 */
record Experiment(PlanFile plan, List<PlannedCell> cells, LlamaConfig model, TextMeasure lengths, List<String> notes,
        List<String> missing) {

    Experiment {
        cells = List.copyOf(cells);
        notes = List.copyOf(notes);
        missing = List.copyOf(missing);
    }

    /**
     * @param before the plan of an earlier start, if there was one
     * @throws UserError naming file and key of what cannot be used, or what differs from the earlier start
     */
    static Experiment of(ExperimentFile file, Optional<PlanFile> before) {
        ExperimentModel model = ExperimentModel.of(file);
        SettingsTree base = base(file, model.preset());
        Map<Path, String> hashes = new HashMap<>();
        List<String> notes = new ArrayList<>();
        List<String> missing = new ArrayList<>(model.missing().stream().toList());
        for (Path text : file.textFiles()) {
            if (Files.exists(text)) {
                hashes.put(text, hash(text, notes));
            } else {
                hashes.put(text, "");
                missing.add(text + ": not there");
            }
        }
        TextMeasure lengths = new TextMeasure(model.tokenizer());
        Planning planning = new Planning(file, model.facts(), base, hashes,
                before.map(PlanFile::ids).orElse(Map.of()), lengths::of);
        List<PlannedCell> cells = planning.cells();
        requireText(model, cells);
        linksOfNobody(cells).ifPresent(notes::add);
        Map<String, String> texts = new TreeMap<>();
        hashes.forEach((path, hash) -> texts.put(file.relative(path), hash));
        PlanFile plan = new PlanFile(file.name(),
                new PlanFile.Model(model.facts().name(), model.facts().sha256()), base.root(), texts,
                file.budget().map(Budget::label).orElse(""), cells.stream().map(PlanFile.Row::of).toList());
        List<String> differences = before.map(plan0 -> plan0.differences(plan)).orElse(List.of());
        if (!differences.isEmpty()) {
            throw new UserError(file.file() + ": not the experiment that the directory holds, which may only grow: "
                    + String.join("; ", differences) + ". Change the file back, or name another directory with --dir");
        }
        return new Experiment(plan, cells, model.facts().config(), lengths, notes, missing);
    }

    /** @throws UserError naming what is not here, for what could be planned and cannot be run */
    void requireComplete() {
        if (!missing.isEmpty()) {
            throw new UserError(String.join("; ", missing) + ". Without these only --dry-run is possible");
        }
    }

    private static SettingsTree base(ExperimentFile file, String modelPreset) {
        String from = file.settings().orElse(modelPreset);
        boolean preset = SettingsTree.hasPreset(from);
        SettingsTree tree = preset ? SettingsTree.ofPreset(from) : SettingsTree.ofFile(file.resolve(from));
        return tree.with(file.set()).named(file.file() + ", over " + (preset ? "preset " : "") + from);
    }

    private static void requireText(ExperimentModel model, List<PlannedCell> cells) {
        if (!model.isShipped() && cells.stream().anyMatch(cell -> cell.texts().isGenerated())) {
            throw new UserError("model " + model.facts().name() + " needs text: " + String.join(", ", TextFiles.KEYS));
        }
    }

    /** No error, since a grid may vary clients; but more often a name that is misspelt. */
    private static Optional<String> linksOfNobody(List<PlannedCell> cells) {
        Set<String> clients = new TreeSet<>();
        Set<String> linked = new TreeSet<>();
        cells.forEach(cell -> {
            clients.addAll(cell.dealtTo());
            clients.addAll(cell.settings().federation().getClients());
            cell.settings().links().ifPresent(links ->
                    links.getClients().forEach(client -> linked.add(client.getClientId())));
        });
        linked.removeAll(clients);
        return linked.isEmpty() ? Optional.empty() : Optional.of("links.clients: no run has a client "
                + String.join(", ", linked) + "; there are " + String.join(", ", clients));
    }

    private static String hash(Path text, List<String> notes) {
        if (!Files.isReadable(text)) {
            throw new UserError(text + ": cannot be read");
        }
        JsonlExamples examples = JsonlExamples.read(text);
        if (!examples.skipped().isEmpty()) {
            notes.add(text + ": " + examples.skipped().size() + " records not used; the first: "
                    + examples.skipped().get(0));
        }
        try {
            return FileHash.of(text);
        } catch (IOException e) {
            throw new UserError(text + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** A possible cell with what its price depends on. */
    PricedRun priced(PlannedCell cell) {
        return new PricedRun(cell.spec().orElseThrow(), model, texts(cell));
    }

    /** Not all whom text is dealt to need take part. */
    private Texts texts(PlannedCell cell) {
        RunSpec spec = cell.spec().orElseThrow();
        return lengths.of(spec, cell.texts().dealt(cell.settings(), cell.dealtTo()))
                .ofClients(spec.getFederation().getClients().size(), cell.dealtTo().size());
    }

    /** What cells come to, as a report. */
    ExperimentReport report(List<CellResult> results) {
        Map<String, PlannedCell> possible = new HashMap<>();
        runs().forEach(cell -> possible.put(cell.id(), cell));
        return ExperimentReport.of(plan.name(), results, plan.facts(),
                CostSections.of(results, model, cell -> texts(possible.get(cell.id()))));
    }

    /** The runs that can be: each once, in order, whatever number of rows it serves. */
    List<PlannedCell> runs() {
        Map<String, PlannedCell> runs = new LinkedHashMap<>();
        for (PlannedCell cell : cells) {
            if (cell.spec().isPresent()) {
                runs.putIfAbsent(cell.id(), cell);
            }
        }
        return List.copyOf(runs.values());
    }
}
