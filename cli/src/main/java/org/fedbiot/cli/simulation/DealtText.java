package org.fedbiot.cli.simulation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fedbiot.cli.UserError;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.JsonlExamples;
import org.fedbiot.learning.data.Partition;
import org.fedbiot.learning.data.generated.GeneratedSets;
import org.fedbiot.learning.data.generated.PrivateTask;
import org.fedbiot.learning.data.generated.PublicText;
import org.fedbiot.worker.client.ClientData;

/**
 * Which text a simulated run's clients have and how it was dealt to them, so that it can be dealt again: the same
 * records in the same order. Kept with the run; holds no text.
 *
 * @param file that was named; null for text of this project's own making
 * @param task that the generated text is about
 * @param partition how the records are dealt
 * @param seed of the dealing, and of generated text
 * @param clients in the order of dealing
 */
public record DealtText(String file, String task, String partition, double partitionAlpha, long seed,
        List<String> clients) {

    /** Of each client's dealt records, this share is kept for scoring, and no more than the most. */
    private static final double HELD_OUT_SHARE = 0.1;
    private static final int HELD_OUT_MOST = 32;

    private static final String NAME = "clients-text.json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public DealtText {
        clients = List.copyOf(clients);
    }

    /** The text of the task, with public text beside it; what the clients have does not depend on that. */
    public GeneratedSets generated(PublicText publicText) {
        return GeneratedSets.draw(PrivateTask.valueOf(task), publicText, GeneratedSets.Sizes.STANDARD, seed);
    }

    /**
     * Deals records.
     *
     * @param heldOut dealt apart; empty where a share of each client's training records is kept for it
     * @param skipped records that could not be used
     */
    public Map<String, ClientData> deal(List<Example> training, List<Example> heldOut, int skipped) {
        Partition dealing = switch (partition) {
            case "meta" -> Partition.meta(training, clients.size(), seed);
            case "lda" -> Partition.lda(training, clients.size(), partitionAlpha, seed);
            default -> Partition.iid(clients.size(), seed);
        };
        List<List<Example>> train = dealing.split(training, "train");
        List<List<Example>> held = heldOut.isEmpty() ? null : dealing.split(heldOut, "held-out");
        Map<String, ClientData> dealt = new TreeMap<>();
        for (int client = 0; client < clients.size(); client++) {
            List<Example> own = train.get(client);
            int aside = held == null ? Math.min(HELD_OUT_MOST, (int) (own.size() * HELD_OUT_SHARE)) : 0;
            dealt.put(clients.get(client), new ClientData(own.subList(aside, own.size()),
                    held == null ? own.subList(0, aside) : held.get(client), client == 0 ? skipped : 0));
        }
        return dealt;
    }

    /** Deals the text again. @throws UserError if its file is gone or cannot be dealt any more */
    public Map<String, ClientData> again() {
        if (file == null) {
            GeneratedSets sets = generated(PublicText.GENERAL);
            return deal(sets.train(), sets.test(), 0);
        }
        try {
            JsonlExamples text = JsonlExamples.read(Path.of(file));
            return deal(text.examples(), List.of(), text.skipped().size());
        } catch (BadInputException e) {
            throw new UserError(file + ": the clients' text cannot be read again: " + e.getMessage(), e);
        }
    }

    /** Keeps it in a run's data directory. */
    public void write(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.write(directory.resolve(NAME), JSON.writeValueAsBytes(this));
        } catch (IOException e) {
            throw new UserError(directory.resolve(NAME) + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** @throws UserError if the directory keeps none */
    public static DealtText read(Path directory) {
        Path file = directory.resolve(NAME);
        try {
            return JSON.readValue(file.toFile(), DealtText.class);
        } catch (IOException e) {
            throw new UserError(file + ": does not say which text the clients have: " + e.getMessage()
                    + "; name the directory of a run that does with --text-of", e);
        }
    }
}
