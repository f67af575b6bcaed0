package org.fedbiot.cli.cluster;

import java.nio.file.Path;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.client.KafkaSettings;
import picocli.CommandLine.Option;

/** A cluster that runs, for a command that reads or writes it. */
public final class ConnectOptions {

    @Option(names = "--cluster", paramLabel = "FILE", description = "YAML that says how to reach a cluster that runs,"
            + " with the keys that a process has under cluster.")
    private Path cluster;

    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "An open cluster that runs.")
    private String bootstrapServers;

    @Option(names = "--schema-registry", paramLabel = "URL", description = "The registry of that cluster.")
    private String schemaRegistry;

    /**
     * Whether the options name a cluster.
     *
     * @throws UserError if they do not go together
     */
    public boolean isGiven() {
        if ((bootstrapServers == null) != (schemaRegistry == null)) {
            throw new UserError("--bootstrap-servers and --schema-registry go together");
        }
        if (cluster != null && bootstrapServers != null) {
            throw new UserError("--cluster names a cluster already: leave out --bootstrap-servers and --schema-registry");
        }
        return cluster != null || bootstrapServers != null;
    }

    /** @throws UserError if the options name no cluster, do not go together, or the file cannot be used */
    public KafkaSettings kafka() {
        if (!isGiven()) {
            throw new UserError("which cluster? name its file with --cluster, or --bootstrap-servers and"
                    + " --schema-registry");
        }
        return cluster == null
                ? new KafkaSettings(bootstrapServers, schemaRegistry)
                : ClusterSettings.ofFile(cluster).connect();
    }
}
