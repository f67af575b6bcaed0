package org.fedbiot.cli.access;

import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.ConnectOptions;
import org.fedbiot.cli.output.Output;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a cluster's topics. */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        description = "Make the catalogue's topics that are missing on a cluster, and hold those that are there against"
                + " the catalogue. The user must be one that may make topics.")
public final class TopicsCommand implements Callable<Integer> {

    @Mixin
    private ConnectOptions connect;

    @Option(names = "--replicas", defaultValue = "3",
            description = "Copies of every partition (default: ${DEFAULT-VALUE}).")
    private short replicas;

    @Mixin
    private Output output;

    /** What was done; the names of its JSON are public. */
    private record Checked(List<String> topics) {
    }

    @Override
    public Integer call() {
        KafkaSettings kafka = connect.kafka();
        try (Admin admin = Admin.create(kafka.admin())) {
            TopicCreation.createMissing(admin, replicas);
        } catch (KafkaException | IllegalStateException e) {
            throw new UserError("topics of the cluster at " + kafka.bootstrapServers() + ": " + e.getMessage(), e);
        }
        output.print(new Checked(Topics.ALL.stream().map(Topic::name).toList()),
                () -> List.of(Topics.ALL.size() + " topics are as the catalogue says"));
        return 0;
    }
}
