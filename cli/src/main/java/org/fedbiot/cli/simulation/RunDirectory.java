package org.fedbiot.cli.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fedbiot.cli.UserError;

/** Where one simulated run keeps its files: the broker's log, clients' caches, exports, the record, its log file. */
public record RunDirectory(Path root) {

    /** @throws UserError if the directory cannot be made or already holds a run */
    public static RunDirectory create(Path root) {
        Path absolute = root.toAbsolutePath().normalize();
        if (Files.exists(absolute.resolve("kafka"))) {
            throw new UserError(absolute + ": holds a run already; name another directory with --dir");
        }
        try {
            Files.createDirectories(absolute);
        } catch (IOException e) {
            throw new UserError(absolute + ": cannot be made: " + e.getMessage(), e);
        }
        return new RunDirectory(absolute);
    }

    public Path kafka() {
        return root.resolve("kafka");
    }

    /** Is there while its cluster runs, and says how to reach it; --cluster takes it. */
    public Path cluster() {
        return root.resolve("cluster.yaml");
    }

    public Path streams() {
        return root.resolve("streams");
    }

    /** The server worker's directory: nothing in it is ever opened by a client. */
    public Path server() {
        return root.resolve("server");
    }

    public Path clientCache() {
        return root.resolve("client-cache");
    }

    public Path data() {
        return root.resolve("data");
    }

    public Path export() {
        return root.resolve("export");
    }

    public Path record() {
        return root.resolve("record");
    }

    /** Of a run that came later, such as a fork: the first one's record stays. */
    public Path record(String runId) {
        return record().resolve(runId);
    }
}
