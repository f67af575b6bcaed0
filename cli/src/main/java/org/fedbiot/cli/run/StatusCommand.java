package org.fedbiot.cli.run;

import java.util.concurrent.Callable;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.observe.Look;
import org.fedbiot.cli.observe.RunStatus;
import org.fedbiot.cli.observe.StatusTable;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** One run at a glance. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Say what a run is doing, which client it waits for and for how long, whose update was rejected"
                + " and why, where the adapter is, and what to do next.")
public final class StatusCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String runId;

    @Mixin
    private ClusterOptions options;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        LogFile.open();
        long now = System.currentTimeMillis();
        RunStatus status;
        try (Cluster cluster = options.open(runId)) {
            status = RunStatus.of(Look.at(cluster.kafka()), runId, now);
        }
        output.print(status, () -> StatusTable.lines(status, now));
        return ExitCode.OK.code();
    }
}
