package org.fedbiot.cli.exposure;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import org.fedbiot.schemas.client.KafkaSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a client's credentials can read of a run's base model. */
@Command(
        name = "exposure",
        mixinStandardHelpOptions = true,
        description = "Read all that the credentials at hand can read, and count which of the base model's parameters"
                + " that gives, over all runs on it.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:only what clients may read could be read, and that is not every layer",
            "1:a topic could be read that no client may read, or every layer could, or bad input"})
public final class ExposureCommand implements Callable<Integer> {

    private static final Pattern USER = Pattern.compile("username=\"([^\"]+)\"");

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String runId;

    @Mixin
    private ClusterOptions options;

    @Option(names = "--model", paramLabel = "PATH", description = "The original model, where its owner has it: what was"
            + " read is compared with it, byte by byte.")
    private Path model;

    @Mixin
    private Output output;

    @Override
    public Integer call() throws InterruptedException {
        LogFile.open();
        Optional<OwnersModel> owners = Optional.ofNullable(model).map(OwnersModel::read);
        try (Cluster cluster = options.open(runId)) {
            ExposureResult result = audit(cluster.kafka(), owners);
            if (output.isJson()) {
                System.out.println(result.toJson());
            } else {
                ExposureTable.lines(result).forEach(System.out::println);
            }
            return result.sound() ? 0 : 1;
        } catch (KafkaException e) {
            throw new UserError("run " + runId + ": the cluster does not answer as it should: " + e.getMessage(), e);
        }
    }

    private ExposureResult audit(KafkaSettings kafka, Optional<OwnersModel> owners) throws InterruptedException {
        Readings readings = new Readings();
        try (TopicReading topics = new TopicReading(kafka, System.err::println)) {
            List<TopicAccess> accesses = topics.read(readings::add);
            return ExposureResult.of(principal(kafka), ExposureAudit.of(readings, runId, owners), accesses,
                    topics.others());
        }
    }

    /** The name in the credentials, as far as they have one; never the credentials. */
    private static String principal(KafkaSettings kafka) {
        if (!kafka.overrides().containsKey("security.protocol")) {
            return "anybody (no credentials are given)";
        }
        Matcher user = USER.matcher(kafka.overrides().getOrDefault("sasl.jaas.config", ""));
        return user.find() ? user.group(1) : "the owner of the client certificate";
    }
}
