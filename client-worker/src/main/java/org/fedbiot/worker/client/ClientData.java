package org.fedbiot.worker.client;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.JsonlExamples;

/**
 * A client's private text, as it reads it from its own disk. Never logged, never sent.
 *
 * @param training records to train on, in a fixed order
 * @param heldOut records to score on; may be empty, then this client does not score
 * @param skipped records that could not be used
 */
public record ClientData(List<Example> training, List<Example> heldOut, int skipped) {

    public ClientData {
        training = List.copyOf(training);
        heldOut = List.copyOf(heldOut);
        if (training.isEmpty()) {
            throw new BadInputException("a client needs at least one record to train on");
        }
    }

    /**
     * Reads a client's files.
     *
     * @param heldOut a file of its own, so that a record is never both trained and scored on
     * @throws BadInputException if a file cannot be read, or holds no record that can be used; names file and line
     */
    public static ClientData read(Path training, Optional<Path> heldOut) {
        JsonlExamples train = JsonlExamples.read(training);
        Optional<JsonlExamples> held = heldOut.map(JsonlExamples::read);
        return new ClientData(train.examples(), held.map(JsonlExamples::examples).orElse(List.of()),
                train.skipped().size() + held.map(file -> file.skipped().size()).orElse(0));
    }

    /** Counts alone: what a client holds must not reach a log by accident. */
    @Override
    public String toString() {
        return "ClientData[%d training, %d held out, %d skipped]".formatted(training.size(), heldOut.size(), skipped);
    }
}
