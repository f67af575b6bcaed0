package org.fedbiot.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.settings.RunFile;
import org.fedbiot.cli.simulation.LogFile;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks for a run. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        description = "Submit a run, one YAML file, and wait for the coordinator to accept it. --dry-run checks all that"
                + " can be known without the cluster, and submits nothing.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:accepted; of a dry run, nothing is wrong", "1:the file cannot be submitted",
            "3:the coordinator refused it", "6:no coordinator answered in time"})
public final class SubmitCommand implements Callable<Integer> {

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).enable(YAMLGenerator.Feature.MINIMIZE_QUOTES).build();

    @Parameters(index = "0", paramLabel = "FILE", description = "The run, YAML.")
    private Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Set one key, such as training.steps=20.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--run-id", paramLabel = "ID",
            description = "Id of the run; by default the file's runId, else one is made.")
    private String runId;

    @Option(names = "--dry-run", description = "Check, print the run as it would be submitted, and stop.")
    private boolean dryRun;

    @Mixin
    private ClusterOptions options;

    @Mixin
    private Patience patience;

    @Mixin
    private Output output;

    /** The result of a dry run; the names of its JSON are public. */
    private record DryRun(String runId, RunCosts costs, List<String> notChecked, JsonNode spec) {
    }

    /** The coordinator's answer; the names of its JSON are public. */
    private record Answer(String runId, String answer, String reason, double exposedShare) {
    }

    @Override
    public Integer call() {
        LogFile.open();
        RunFile run = RunFile.read(file, set);
        ResolvedRun resolved = ResolvedRun.of(run, id(run));
        return dryRun ? show(resolved) : submit(resolved);
    }

    private String id(RunFile run) {
        if (runId != null) {
            return runId;
        }
        return run.runId().isEmpty() ? "run-" + LocalDateTime.now().format(STAMP) : run.runId();
    }

    private int show(ResolvedRun resolved) {
        RunCosts costs = RunCosts.of(resolved.spec(), resolved.config());
        List<String> notChecked = new ArrayList<>(resolved.unchecked());
        resolved.incomplete().ifPresent(notChecked::add);
        notChecked.add("the cluster: whether it is there, has a key of each client, and what of this model earlier runs"
                + " have exposed");
        JsonNode spec = tree(resolved.spec());
        output.print(new DryRun(resolved.spec().getRunId(), costs, notChecked, spec), () -> {
            List<String> lines = new ArrayList<>(costs.lines());
            notChecked.forEach(line -> lines.add("not checked: " + line));
            lines.add("");
            lines.addAll(yaml(spec));
            return lines;
        });
        return ExitCode.OK.code();
    }

    private int submit(ResolvedRun resolved) {
        resolved.incomplete().ifPresent(missing -> {
            throw new UserError(missing);
        });
        resolved.unchecked().forEach(line -> System.err.println("not checked: " + line));
        if (!options.isRunning()) {
            throw new UserError("a run is submitted to a cluster that runs: name one with --cluster");
        }
        RunSpec spec = resolved.spec();
        Answer answer;
        try (Cluster cluster = options.open(); DecisionAnswer decisions = new DecisionAnswer(cluster.kafka())) {
            try (EventProducer operator = new EventProducer(cluster.kafka(), "operator-submit")) {
                operator.send(Topics.COMMAND, EventKeys.run(spec.getRunId()), new RunSubmitted(spec));
            }
            answer = decisions.await(patience.duration(), event -> answer(spec.getRunId(), event))
                    .orElseThrow(() -> patience.exhausted("the submit of " + spec.getRunId()
                            + " stands in the log and is answered when a coordinator runs"));
        }
        output.print(answer, () -> answer.reason().isEmpty() ? List.of(answer.runId())
                : List.of(answer.runId() + " was refused: " + answer.reason()));
        return (answer.reason().isEmpty() ? ExitCode.OK : ExitCode.REFUSED).code();
    }

    private static Optional<Answer> answer(String runId, SpecificRecord event) {
        if (event instanceof RunAccepted accepted && accepted.getRunId().equals(runId)) {
            return Optional.of(new Answer(runId, "ACCEPTED", "", accepted.getExposedShare()));
        }
        if (event instanceof RunRefused refused && refused.getRunId().equals(runId)) {
            return Optional.of(new Answer(runId, "REFUSED", refused.getReason(), 0));
        }
        return Optional.empty();
    }

    private static JsonNode tree(RunSpec spec) {
        try {
            return JSON.readTree(spec.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the spec of run " + spec.getRunId() + " is no JSON: " + spec, e);
        }
    }

    private static List<String> yaml(JsonNode spec) {
        try {
            return YAML.writeValueAsString(spec).lines().toList();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as YAML: " + spec, e);
        }
    }
}
