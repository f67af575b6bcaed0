package org.fedbiot.cli.runreport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.observe.Look;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import org.fedbiot.schemas.integrity.Sha256;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A run on paper. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Write a run's report, from its log alone: a page with figures that needs nothing else, and its"
                + " numbers as CSV and JSON. The same log gives the same bytes.")
public final class ReportCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String runId;

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "Directory for the files, made if it is"
            + " not there; an earlier report in it is replaced.")
    private Path to;

    @Mixin
    private ClusterOptions options;

    @Mixin
    private Output output;

    /** What was written; the names of its JSON are public. */
    private record Written(String runId, List<WrittenFile> files) {

        List<String> lines() {
            return files.stream().map(file -> file.sha256() + "  " + file.path()).toList();
        }
    }

    private record WrittenFile(String path, String sha256) {
    }

    @Override
    public Integer call() {
        LogFile.open();
        RunReport report;
        try (Cluster cluster = options.open(runId)) {
            report = RunReport.of(Look.run(Look.at(cluster.kafka()), runId));
        }
        Written written = new Written(runId, write(report, to.toAbsolutePath().normalize()));
        output.print(written, written::lines);
        return ExitCode.OK.code();
    }

    private static List<WrittenFile> write(RunReport report, Path target) {
        List<WrittenFile> written = new ArrayList<>();
        try {
            Files.createDirectories(target);
            for (Map.Entry<String, byte[]> file : report.files().entrySet()) {
                Path path = target.resolve(file.getKey());
                Files.write(path, file.getValue());
                written.add(new WrittenFile(path.toString(), Sha256.of(file.getValue())));
            }
        } catch (IOException e) {
            throw new UserError(target + ": cannot be written: " + e.getMessage(), e);
        }
        return written;
    }
}
