package org.fedbiot.cli.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.simulation.DealtText;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.JsonlExamples;
import org.fedbiot.learning.data.JsonlWriter;
import org.fedbiot.learning.data.SkippedRecord;
import org.fedbiot.learning.data.generated.GeneratedSets;
import org.fedbiot.learning.data.generated.PublicText;
import org.fedbiot.worker.client.ClientData;
import org.slf4j.LoggerFactory;

/**
 * Where a simulated run's text comes from: files that were named, or, for the shipped model, text of this project's own
 * making. Whatever cannot be used is found when this is made, before anything is written.
 */
final class TextSources {

    private final Path publicFile;
    private final Path evaluationFile;
    private final GeneratedSets generated;
    private final DealtText dealt;
    private final Map<String, ClientData> clients;

    private TextSources(Path publicFile, Path evaluationFile, GeneratedSets generated, DealtText dealt,
            Map<String, ClientData> clients) {
        this.publicFile = publicFile;
        this.evaluationFile = evaluationFile;
        this.generated = generated;
        this.dealt = dealt;
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
            DealtText dealt = dealt(null, settings);
            GeneratedSets sets = dealt.generated(settings.data().publicText());
            return new TextSources(null, null, sets, dealt, dealt.deal(sets.train(), sets.test(), 0));
        }
        if (options.clientsData == null || options.evaluationData == null || options.publicData == null) {
            throw new UserError("--clients-data, --eval-data and --public-data go together");
        }
        if (settings.data().publicText() != PublicText.GENERAL) {
            throw new UserError("data.publicText: " + settings.data().publicText().label()
                    + " is text that this project makes, but --public-data names a file; set one of the two");
        }
        checked(options.publicData);
        checked(options.evaluationData);
        JsonlExamples text = checked(options.clientsData);
        try {
            DealtText dealt = dealt(options.clientsData, settings);
            return new TextSources(options.publicData, options.evaluationData, null, dealt,
                    dealt.deal(text.examples(), List.of(), text.skipped().size()));
        } catch (BadInputException e) {
            throw new UserError(options.clientsData + ": " + e.getMessage(), e);
        }
    }

    private static DealtText dealt(Path file, RunSettings settings) {
        return new DealtText(file == null ? null : file.toAbsolutePath().normalize().toString(),
                settings.data().task().name(), settings.data().partition(), settings.data().partitionAlpha(),
                settings.seed(), settings.federation().getClients());
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

    /** Writes what was generated for the server, and how the clients' text was dealt; that text stays with them. */
    RunText write(Path directory) {
        dealt.write(directory);
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
