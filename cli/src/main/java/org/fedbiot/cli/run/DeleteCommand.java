package org.fedbiot.cli.run;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.fedbiot.cli.archive.Deletion;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.simulation.LogFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes room, once a run is kept elsewhere. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Remove an ended run's payloads from the log, once an archive is found to hold all of it. Its"
                + " decisions stay.")
public final class DeleteCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String runId;

    @Option(names = "--archive", paramLabel = "FILE", required = true, description = "Archive of the run.")
    private Path archive;

    @Mixin
    private ClusterOptions options;

    @Override
    public Integer call() {
        LogFile.open();
        try (Cluster cluster = options.open(runId)) {
            Deletion.run(cluster, runId, archive).forEach(System.out::println);
        }
        return 0;
    }
}
