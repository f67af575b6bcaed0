package org.fedbiot.cli.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.simulation.RunDirectory;
import org.fedbiot.schemas.client.KafkaSettings;
import picocli.CommandLine.Option;

/** Which cluster a command talks to. */
public final class ClusterOptions {

    @Option(names = "--dir", paramLabel = "DIR", description = "Directory of a quickstart run, whose broker is started"
            + " for this command; without --bootstrap-servers the default is .fedbiot/runs/RUN.")
    private Path directory;

    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "A cluster that runs.")
    private String bootstrapServers;

    @Option(names = "--schema-registry", paramLabel = "URL", description = "The registry of that cluster.")
    private String schemaRegistry;

    /**
     * The cluster of a run.
     *
     * @throws UserError if the options do not go together or the directory holds no broker
     */
    public Cluster open(String runId) {
        if ((bootstrapServers == null) != (schemaRegistry == null)) {
            throw new UserError("--bootstrap-servers and --schema-registry go together");
        }
        if (bootstrapServers != null && directory != null) {
            throw new UserError("--dir starts a broker of its own: leave it out beside --bootstrap-servers");
        }
        if (bootstrapServers != null) {
            return Cluster.running(new KafkaSettings(bootstrapServers, schemaRegistry));
        }
        RunDirectory run = new RunDirectory(directory == null ? Path.of(".fedbiot", "runs", runId) : directory);
        if (!Files.isDirectory(run.kafka())) {
            throw new UserError(run.root().toAbsolutePath().normalize() + ": holds no run; name the directory with"
                    + " --dir, or a cluster with --bootstrap-servers and --schema-registry");
        }
        return Cluster.embedded(run.kafka());
    }
}
