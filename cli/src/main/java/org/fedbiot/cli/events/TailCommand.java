package org.fedbiot.cli.events;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The log as it is. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = "Print the events of topics, one JSON object a line, with where each lies. Bytes of tensors and"
                + " signatures stand as their number and sha256.")
public final class TailCommand implements Callable<Integer> {

    /** Where reading begins. */
    enum From {
        BEGINNING,
        END
    }

    @Option(names = "--run", paramLabel = "RUN", description = "Only what is about this run.")
    private String runId;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "A topic's name, or the middle of it such as"
            + " run.decision; several are allowed. Default: all that carry events.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--from", paramLabel = "WHERE", defaultValue = "BEGINNING",
            description = "beginning (default) or end.")
    private From from;

    @Option(names = "--follow", description = "Go on with what comes, until interrupted.")
    private boolean follow;

    @Mixin
    private ClusterOptions options;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        LogFile.open();
        List<Topic> topics = names.isEmpty()
                ? Topics.ALL.stream().filter(topic -> !topic.events().isEmpty()).toList()
                : names.stream().map(TailCommand::topic).distinct().toList();
        try (Cluster cluster = runId == null ? options.open() : options.open(runId);
                EventTail tail = new EventTail(cluster.kafka(), topics)) {
            tail.read(from == From.END, follow, line ->
                    runId != null && !runId.equals(line.run()) || output.printLine(line.json()));
        }
        return ExitCode.OK.code();
    }

    private static Topic topic(String name) {
        return Topics.find(name).or(() -> Topics.find("fedbiot." + name + ".v1")).orElseThrow(() -> new UserError(
                "--topic " + name + ": no such topic; known: " + Topics.ALL.stream().map(Topic::name).toList()));
    }
}
