package org.fedbiot.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fedbiot.cli.process.ClientKeyFile;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.settings.SettingsTree;
import org.fedbiot.cli.simulation.RunPlan;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.pretrain.TrialModel;
import org.fedbiot.schemas.event.RunSpec;

/**
 * What all trials share, so that their results can be compared: a tiny model, its owner's text, clients' text and keys.
 */
final class TrialFiles {

    static final List<String> CLIENTS = List.of("anna", "bert");

    /**
     * The same in every trial, each of which has a broker of its own: sampling and training draw from it.
     */
    static final String RUN_ID = "trial";

    /**
     * Many small shards, so that there is a middle of an upload, and a codec that leaves something on each client's own
     * disk from round to round.
     */
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("seed", "7"),
            Map.entry("split.backAdapterLayers", "1"),
            Map.entry("lora.rank", "4"),
            Map.entry("lora.alpha", "8"),
            Map.entry("alignment.preSteps", "4"),
            Map.entry("alignment.steps", "2"),
            Map.entry("alignment.batchSize", "4"),
            Map.entry("alignment.microBatchTokens", "256"),
            Map.entry("alignment.heldOutRecords", "8"),
            Map.entry("training.steps", "4"),
            Map.entry("training.batchSize", "4"),
            Map.entry("training.microBatchTokens", "256"),
            Map.entry("aggregation.shardBytes", "64"),
            Map.entry("aggregation.updateCodec", "INT8"),
            Map.entry("federation.clients", "[anna, bert]"),
            Map.entry("federation.quorum", "2"),
            Map.entry("federation.deadlineMillis", "600000"),
            Map.entry("text.template", "PLAIN"),
            Map.entry("text.maxTokens", "32"),
            Map.entry("evaluation.records", "12"),
            Map.entry("evaluation.exactMatchRecords", "4"),
            Map.entry("evaluation.maxNewTokens", "4"),
            Map.entry("evaluation.batchTokens", "256"),
            Map.entry("resources.serverThreads", "1"),
            Map.entry("exposure.maxShare", "0.95"));

    private final Path directory;

    private TrialFiles(Path directory) {
        this.directory = directory;
    }

    /** Writes them. */
    static TrialFiles write(Path directory) {
        TrialFiles files = new TrialFiles(directory.toAbsolutePath());
        try {
            Files.createDirectories(directory);
            TrialModel.write(files.model(), 11);
            TrialModel.text(files.publicText(), 60, 1);
            TrialModel.text(files.evaluationText(), 12, 2);
            for (int client = 0; client < CLIENTS.size(); client++) {
                TrialModel.text(files.training(CLIENTS.get(client)), 24, 100 + client);
                TrialModel.text(files.heldOut(CLIENTS.get(client)), 10, 200 + client);
                ClientKeyFile.generate(CLIENTS.get(client), files.key(CLIENTS.get(client)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot write a trial's files", e);
        }
        return files;
    }

    /**
     * The run that is submitted.
     *
     * @param changes keys of a run over this trial's own
     */
    RunSpec spec(int rounds, Map<String, String> changes) {
        RunSettings settings = RunSettings.of(SettingsTree.ofPreset("any").with(SETTINGS)
                .with("federation.rounds", Integer.toString(rounds)).with(changes));
        BaseModel base = BaseModel.open(model());
        return RunPlan.spec(RUN_ID, settings, base, "trial", RunPlan.split(settings.split(), base.config().layers()),
                publicText(), evaluationText());
    }

    Path key(String client) {
        return directory.resolve(client + ".key.json");
    }

    Path training(String client) {
        return directory.resolve(client + ".jsonl");
    }

    Path heldOut(String client) {
        return directory.resolve(client + "-held-out.jsonl");
    }

    private Path model() {
        return directory.resolve("model");
    }

    private Path publicText() {
        return directory.resolve("public.jsonl");
    }

    private Path evaluationText() {
        return directory.resolve("evaluation.jsonl");
    }
}
