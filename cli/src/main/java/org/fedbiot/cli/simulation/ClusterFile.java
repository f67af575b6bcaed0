package org.fedbiot.cli.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.client.KafkaSettings;

/** How commands in other processes reach a run's cluster while it is up: a file that --cluster takes. */
public record ClusterFile(Path path) implements AutoCloseable {

    /** @throws UserError if it cannot be written */
    static ClusterFile write(Path path, KafkaSettings kafka) {
        try {
            Files.writeString(path, "bootstrapServers: " + kafka.bootstrapServers() + "\nschemaRegistry: "
                    + kafka.schemaRegistryUrl() + "\n");
        } catch (IOException e) {
            throw new UserError(path + ": cannot be written: " + e, e);
        }
        return new ClusterFile(path);
    }

    /**
     * Nobody is to come any more; or of a process that was killed, nobody can.
     *
     * @throws UserError if it cannot be removed
     */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UserError(path + ": cannot be removed: " + e, e);
        }
    }
}
