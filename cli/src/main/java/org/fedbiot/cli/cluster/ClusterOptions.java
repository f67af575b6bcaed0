package org.fedbiot.cli.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.simulation.RunDirectory;
import org.fedbiot.infra.EmbeddedKafka;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which cluster a command talks to. */
public final class ClusterOptions {

    @Option(names = "--dir", paramLabel = "DIR", description = "Directory of a quickstart run, whose broker is started"
            + " for this command unless it runs; without --cluster the default is .fedbiot/runs/RUN.")
    private Path directory;

    @Mixin
    private ConnectOptions connect;

    /**
     * The cluster of a run.
     *
     * @throws UserError if the options do not go together or the directory holds no broker
     */
    public Cluster open(String runId) {
        if (isRunning()) {
            return running();
        }
        RunDirectory run = directory(runId);
        if (!Files.isDirectory(run.kafka())) {
            throw new UserError(run.root().toAbsolutePath().normalize() + ": holds no run; name the directory with"
                    + " --dir, or a cluster with --cluster");
        }
        // A quickstart that goes on has its broker there.
        return EmbeddedKafka.isRunning(run.kafka()) && Files.exists(run.cluster())
                ? Cluster.running(ClusterSettings.ofFile(run.cluster()).connect()) : Cluster.embedded(run);
    }

    /**
     * A cluster that was named, whatever runs it has.
     *
     * @throws UserError if the options do not go together, name nothing, or the directory holds no broker
     */
    public Cluster open() {
        if (!isRunning() && directory == null) {
            throw new UserError("which cluster? name one with --cluster, or the directory of a run with --dir");
        }
        return open("");
    }

    /**
     * A cluster that a run is brought into: a directory that holds none gets a broker of its own.
     *
     * @throws UserError if the options do not go together, name nothing, or the topics are not the catalogue's
     */
    public Cluster openOrMake() {
        if (isRunning()) {
            return running();
        }
        if (directory == null) {
            throw new UserError("where to? name a directory with --dir, or a cluster with --cluster");
        }
        return Cluster.made(new RunDirectory(directory));
    }

    /** The directory that the options stand for, if they name no running cluster. */
    public RunDirectory directory(String runId) {
        return new RunDirectory((directory == null ? Path.of(".fedbiot", "runs", runId) : directory)
                .toAbsolutePath().normalize());
    }

    /** Whether the options name a cluster that runs. */
    public boolean isRunning() {
        if (connect.isGiven() && directory != null) {
            throw new UserError("--dir starts a broker of its own: leave it out beside a cluster that runs");
        }
        return connect.isGiven();
    }

    private Cluster running() {
        return Cluster.running(connect.kafka());
    }
}
