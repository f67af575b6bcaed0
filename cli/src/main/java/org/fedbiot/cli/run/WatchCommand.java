package org.fedbiot.cli.run;

import java.time.Clock;
import java.util.concurrent.Callable;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.observe.Look;
import org.fedbiot.cli.observe.RunStatus;
import org.fedbiot.cli.observe.RunWatch;
import org.fedbiot.cli.observe.StatusTable;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.output.Terminal;
import org.fedbiot.cli.simulation.LogFile;
import org.fedbiot.observer.Picture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A run as it goes. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = "Follow a run until it is over, then print its status. Progress goes to standard error.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the run is completed", "1:there is no such run", "3:it was refused", "4:it has failed",
            "5:it was cancelled", "6:the cluster does not answer"})
public final class WatchCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String runId;

    @Mixin
    private ClusterOptions options;

    @Mixin
    private Output output;

    @Override
    public Integer call() throws InterruptedException {
        LogFile.open();
        Clock clock = Clock.systemUTC();
        RunStatus status;
        try (Cluster cluster = options.open(runId)) {
            requireMoving(cluster);
            Picture over = RunWatch.follow(cluster.kafka(), runId, System.err, Terminal.ofProcess(), clock);
            status = RunStatus.of(over, runId, clock.millis());
        }
        output.print(status, () -> StatusTable.lines(status, clock.millis()));
        return code(status.phase()).code();
    }

    /** On a broker that is up for this command alone nothing ever moves. */
    private void requireMoving(Cluster cluster) {
        if (cluster.isOwn() && !Look.at(cluster.kafka()).run(runId).map(run -> run.isOver()).orElse(true)) {
            throw new UserError("run " + runId + ": is not over, and nothing works at it in " + options.directory(runId)
                    .root() + "; fedbiot run status " + runId + " shows how far it came");
        }
    }

    private static ExitCode code(String phase) {
        return switch (phase) {
            case "COMPLETED" -> ExitCode.OK;
            case "REFUSED" -> ExitCode.REFUSED;
            case "CANCELLED" -> ExitCode.RUN_CANCELLED;
            default -> ExitCode.RUN_FAILED;
        };
    }
}
