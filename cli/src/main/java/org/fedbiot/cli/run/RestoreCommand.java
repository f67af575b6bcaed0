package org.fedbiot.cli.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.fedbiot.cli.archive.ArchiveFile;
import org.fedbiot.cli.archive.Restoring;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A run back from its file. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = "Bring an archived run into a cluster that does not know it. A coordinator that is up there stops"
                + " and has to be started again.")
public final class RestoreCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FILE", description = "Archive of a run.")
    private Path file;

    @Mixin
    private ClusterOptions options;

    @Mixin
    private Output output;

    /**
     * What was brought in; the names of its JSON are public.
     *
     * @param keptKeys clients of which the cluster kept its own keys
     */
    private record Restored(String runId, String archiveSha256, long records, List<String> keptKeys) {
    }

    @Override
    public Integer call() {
        LogFile.open();
        ArchiveFile archive = ArchiveFile.verified(file);
        Restoring.Result result;
        try (Cluster cluster = options.openOrMake()) {
            result = Restoring.write(archive, cluster.kafka());
        }
        System.err.printf(Locale.ROOT, "run %s: %,d records from archive %s%n", result.runId(), result.records(),
                archive.sha256());
        if (!result.keptKeys().isEmpty()) {
            System.err.println("this cluster keeps its own keys of " + String.join(", ", result.keptKeys()));
        }
        Restored restored = new Restored(result.runId(), archive.sha256(), result.records(),
                List.copyOf(result.keptKeys()));
        output.print(restored, () -> List.of(restored.runId()));
        return 0;
    }
}
