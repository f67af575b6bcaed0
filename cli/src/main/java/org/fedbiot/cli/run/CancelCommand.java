package org.fedbiot.cli.run;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.cluster.DecisionHistory;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ends a run. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        description = "End a run that is under way, and wait until it has ended. What it made so far stays in the log.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the run is cancelled", "1:there is no such run, or it ended otherwise",
            "6:no coordinator answered in time"})
public final class CancelCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String runId;

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "no reason given",
            description = "For the log (default: ${DEFAULT-VALUE}).")
    private String reason;

    @Mixin
    private ClusterOptions options;

    @Mixin
    private Patience patience;

    @Mixin
    private Output output;

    /** How the run ended; the names of its JSON are public. */
    private record Cancelled(String runId, String outcome, String reason) {
    }

    @Override
    public Integer call() {
        LogFile.open();
        RunEnded ended;
        try (Cluster cluster = options.open(runId); DecisionAnswer decisions = new DecisionAnswer(cluster.kafka())) {
            if (DecisionHistory.read(cluster.kafka()).run(runId).isEnded()) {
                throw new UserError("run " + runId + ": has ended already");
            }
            try (EventProducer operator = new EventProducer(cluster.kafka(), "operator-cancel")) {
                operator.send(Topics.COMMAND, EventKeys.run(runId), new RunCancelRequested(runId, reason));
            }
            ended = decisions.await(patience.duration(), event -> Optional.of(event)
                            .filter(RunEnded.class::isInstance).map(RunEnded.class::cast)
                            .filter(end -> end.getRunId().equals(runId)))
                    .orElseThrow(() -> patience.exhausted("the request to cancel " + runId
                            + " stands in the log and is carried out when a coordinator runs"));
        }
        if (ended.getOutcome() != RunOutcome.CANCELLED) {
            throw new UserError("run " + runId + ": ended " + ended.getOutcome() + " before it could be cancelled");
        }
        output.print(new Cancelled(runId, ended.getOutcome().name(), ended.getReason()),
                () -> List.of(runId + " is cancelled"));
        return ExitCode.OK.code();
    }
}
