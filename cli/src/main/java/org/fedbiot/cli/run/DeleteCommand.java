package org.fedbiot.cli.run;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.archive.Deletion;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.output.Output;
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

    @Mixin
    private Output output;

    /**
     * What became of a run; the names of its JSON are public.
     *
     * @param done a sentence for the run and for each topic
     */
    private record Deleted(String runId, List<String> done) {
    }

    @Override
    public Integer call() {
        LogFile.open();
        Deleted deleted;
        try (Cluster cluster = options.open(runId)) {
            deleted = new Deleted(runId, Deletion.run(cluster, runId, archive));
        }
        output.print(deleted, deleted::done);
        return 0;
    }
}
