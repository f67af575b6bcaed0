package org.fedbiot.cli.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.fedbiot.cli.archive.Archiving;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** One run as one file. */
@Command(
        name = "archive",
        mixinStandardHelpOptions = true,
        description = "Write all records of an ended run, or of a what-if, into one file, and print the file's sha256.")
public final class ArchiveCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run, or of a what-if that replay wrote.")
    private String runId;

    @Parameters(index = "1", paramLabel = "FILE", description = "File to be made.")
    private Path file;

    @Mixin
    private ClusterOptions options;

    @Mixin
    private Output output;

    /** What was written; the names of its JSON are public. */
    private record Archived(String runId, String archive, String sha256, long records, long bytes) {
    }

    @Override
    public Integer call() {
        LogFile.open();
        Archiving.Result result;
        try (Cluster cluster = options.open(runId)) {
            result = Archiving.write(cluster.kafka(), runId, file);
        }
        System.err.printf(Locale.ROOT, "run %s: %,d records, %,d bytes%n", runId, result.records(), result.bytes());
        Archived archived = new Archived(runId, file.toString(), result.sha256(), result.records(), result.bytes());
        output.print(archived, () -> List.of(archived.sha256() + "  " + archived.archive()));
        return 0;
    }
}
