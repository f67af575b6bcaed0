package org.fedbiot.cli.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.JsonlExamples;
import org.fedbiot.learning.data.JsonlWriter;
import org.fedbiot.learning.data.Partition;
import org.fedbiot.learning.data.SkippedRecord;
import org.fedbiot.learning.data.generated.GeneratedSets;
import org.fedbiot.learning.data.generated.PrivateTask;
import org.fedbiot.worker.client.ClientData;
import org.slf4j.LoggerFactory;

/**
 * Where a simulated run's text comes from: files that were named, or, for the shipped model, text of this project's own
 * making. Whatever cannot be used is found when this is made, before anything is written.
 */
final class TextSources {

    /** Of each client's dealt records, this share is kept for scoring, and no more than the most. */
    private static final double HELD_OUT_SHARE = 0.1;
    private static final int HELD_OUT_MOST = 32;

    private final Path publicFile;
    private final Path evaluationFile;
    private final GeneratedSets generated;
    private final Map<String, ClientData> clients;

    private TextSources(Path publicFile, Path evaluationFile, GeneratedSets generated,
            Map<String, ClientData> clients) {
        this.publicFile = publicFile;
        this.evaluationFile = evaluationFile;
        this.generated = generated;
        this.clients = clients;
    }

    /** @throws UserError or BadInputException if a file is missing or its records cannot be dealt to the clients */
    static TextSources of(RunOptions options, ModelChoice choice, RunSettings settings) {
        List<String> ids = settings.federation().getClients();
        if (ids.isEmpty()) {
            throw new UserError("federation.clients: names no client");
        }
        if (options.clientsData == null && options.evaluationData == null && options.publicData == null) {
            if (!choice.isShipped()) {
                throw new UserError("model " + choice.name()
                        + " needs text: --clients-data, --eval-data and --public-data");
            }
            GeneratedSets sets = GeneratedSets.draw(PrivateTask.valueOf(settings.data().task()),
                    GeneratedSets.Sizes.STANDARD, settings.seed());
            return new TextSources(null, null, sets, deal(settings, ids, sets.train(), sets.test(), 0));
        }
        if (options.clientsData == null || options.evaluationData == null || options.publicData == null) {
            throw new UserError("--clients-data, --eval-data and --public-data go together");
        }
        checked(options.publicData);
        checked(options.evaluationData);
        JsonlExamples text = checked(options.clientsData);
        try {
            return new TextSources(options.publicData, options.evaluationData, null,
                    deal(settings, ids, text.examples(), List.of(), text.skipped().size()));
        } catch (BadInputException e) {
            throw new UserError(options.clientsData + ": " + e.getMessage(), e);
        }
    }

    private static JsonlExamples checked(Path file) {
        JsonlExamples text = JsonlExamples.read(file);
        if (!text.skipped().isEmpty()) {
            System.err.printf("%s: %d records not used; the first: %s%n", file, text.skipped().size(),
                    text.skipped().get(0));
        }
        for (SkippedRecord skipped : text.skipped()) {
            LoggerFactory.getLogger(TextSources.class).warn("record not used: {}", skipped);
        }
        return text;
    }

    private static Map<String, ClientData> deal(
            RunSettings settings, List<String> ids, List<Example> training, List<Example> heldOut, int skipped) {
        Partition partition = switch (settings.data().partition()) {
            case "meta" -> Partition.meta(training, ids.size(), settings.seed());
            case "lda" -> Partition.lda(training, ids.size(), settings.data().partitionAlpha(), settings.seed());
            default -> Partition.iid(ids.size(), settings.seed());
        };
        List<List<Example>> train = partition.split(training, "train");
        List<List<Example>> held = heldOut.isEmpty() ? null : partition.split(heldOut, "held-out");
        Map<String, ClientData> dealt = new TreeMap<>();
        for (int client = 0; client < ids.size(); client++) {
            List<Example> own = train.get(client);
            int aside = held == null ? Math.min(HELD_OUT_MOST, (int) (own.size() * HELD_OUT_SHARE)) : 0;
            dealt.put(ids.get(client), new ClientData(own.subList(aside, own.size()),
                    held == null ? own.subList(0, aside) : held.get(client), client == 0 ? skipped : 0));
        }
        return dealt;
    }

    /** Writes what was generated for the server; the clients' text stays with them. */
    RunText write(Path directory) {
        if (generated == null) {
            return new RunText(publicFile, evaluationFile, clients);
        }
        List<Example> open = new ArrayList<>(generated.publicTrain());
        open.addAll(generated.publicHeldOut());
        return new RunText(
                write(directory.resolve("public.jsonl"), open),
                write(directory.resolve("evaluation.jsonl"), generated.ownerEvaluation()),
                clients);
    }

    private static Path write(Path file, List<Example> examples) {
        try {
            Files.createDirectories(file.getParent());
            JsonlWriter.write(file, examples);
            return file;
        } catch (IOException e) {
            throw new UserError(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
