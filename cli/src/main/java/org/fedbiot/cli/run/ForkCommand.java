package org.fedbiot.cli.run;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.cluster.DecisionHistory;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.output.Terminal;
import org.fedbiot.cli.report.LiveLines;
import org.fedbiot.cli.report.ReportTable;
import org.fedbiot.cli.report.RunIds;
import org.fedbiot.cli.simulation.DealtText;
import org.fedbiot.cli.simulation.LocalCluster;
import org.fedbiot.cli.simulation.LogFile;
import org.fedbiot.cli.simulation.RunDirectory;
import org.fedbiot.cli.simulation.Simulation;
import org.fedbiot.coordinator.Run;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.client.ClientData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A new run from where another one stood. */
@Command(
        name = "fork",
        mixinStandardHelpOptions = true,
        description = "Start a new run from adapter and emulator as they were when a round of another run was opened."
                + " In a running cluster it is submitted; in a quickstart's directory all that it needs is started, and"
                + " the run is followed to its end.")
public final class ForkCommand implements Callable<Integer> {

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run to start from.")
    private String originId;

    @Option(names = "--at-round", paramLabel = "T", required = true,
            description = "Round to start in the place of, from 1; one more than the run's rounds goes on from its end.")
    private int round;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Change one key, such as training.learningRate=1e-3."
            + " federation.rounds are the fork's own; by default as many as RUN had left.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--run-id", paramLabel = "ID", description = "Id of the new run; by default one is made.")
    private String runId;

    @Option(names = "--text-of", paramLabel = "DIR", description = "Directory of the run whose clients' text is used;"
            + " by default that of RUN. An archive holds no text.")
    private Path textOf;

    @Option(names = "--port", defaultValue = "0", description = "Port of the broker; 0 (default) takes a free one.")
    private int port;

    @Mixin
    private Output output;

    @Mixin
    private ClusterOptions options;

    @Override
    public Integer call() throws InterruptedException {
        LogFile.open();
        String id = runId == null ? "fork" + round + "-" + LocalDateTime.now().format(STAMP) : runId;
        if (!options.isRunning()) {
            LocalCluster.requirePort(port);
        }
        RunSpec spec;
        try (Cluster cluster = options.open(originId)) {
            DecisionHistory history = DecisionHistory.read(cluster.kafka());
            if (history.state().run(id).isPresent()) {
                throw new UserError("--run-id " + id + ": the log has a run of that id; choose another");
            }
            Run origin = history.keptRun(originId);
            spec = Forking.spec(origin, round, id, set);
            Forking.requireServerMoments(cluster.kafka(), origin, spec);
            if (options.isRunning()) {
                submit(cluster, spec);
                return 0;
            }
        }
        print(follow(spec));
        return 0;
    }

    private void submit(Cluster cluster, RunSpec spec) {
        try (EventProducer operator = new EventProducer(cluster.kafka(), "operator-submit")) {
            operator.send(Topics.COMMAND, EventKeys.run(spec.getRunId()), new RunSubmitted(spec));
        }
        output.print(Map.of("runId", spec.getRunId()), () -> List.of(spec.getRunId()));
    }

    private Simulation.Result follow(RunSpec spec) {
        RunDirectory directory = options.directory(originId);
        Map<String, ClientData> text = DealtText.read(textOf == null ? directory.data()
                : new RunDirectory(textOf).data()).again();
        text.keySet().retainAll(spec.getFederation().getClients());
        PrintStream progress = System.err;
        progress.printf(Locale.ROOT, "run %s: fork of %s at round %d, %d rounds; files in %s%n", spec.getRunId(),
                originId, round, spec.getFederation().getRounds(), directory.root());
        LiveLines lines = new LiveLines(progress, Terminal.ofProcess().redraws());
        try {
            return Simulation.run(directory, directory.record(spec.getRunId()), spec, text, port, entry -> {
                if (spec.getRunId().equals(RunIds.of(entry.event()))) {
                    lines.add(entry);
                }
            });
        } finally {
            lines.end();
        }
    }

    private void print(Simulation.Result result) {
        if (output.isJson()) {
            System.out.println(result.report().toJson());
        } else {
            ReportTable.lines(result.report(), result.run()).forEach(System.out::println);
        }
    }
}
