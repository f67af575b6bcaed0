package org.fedbiot.schemas.client;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/**
 * Whether the broker's topics are as the catalogue says, above all that they forget nothing: a run on topics that drop
 * records would end, and could never be replayed. Every process of the server asks at its start.
 */
public final class TopicCheck {

    private TopicCheck() {
    }

    /**
     * Connects, checks, and lets go.
     *
     * @param role of the process, whose topics are checked; it need not be allowed to see others
     * @throws IllegalStateException if a topic is missing, or has other partitions, cleanup, retention or record size
     *     than the catalogue says, or the decision log's first records were deleted; names topic, key, what was found,
     *     what is wanted, and how to mend it
     * @throws org.apache.kafka.common.KafkaException if the broker refuses or does not answer
     */
    public static void verify(KafkaSettings settings, Role role) {
        try (Admin admin = Admin.create(settings.admin())) {
            verify(admin, Topics.checkedBy(role));
        }
    }

    /** All topics, over a connection that is there. */
    static void verify(Admin admin) {
        verify(admin, Topics.ALL);
    }

    private static void verify(Admin admin, List<Topic> topics) {
        verifyPresent(admin, topics);
        verifyPartitions(admin, topics);
        verifyConfig(admin, topics);
        if (topics.contains(Topics.DECISION)) {
            verifyLogStart(admin);
        }
    }

    private static void verifyPresent(Admin admin, List<Topic> topics) {
        Set<String> missing = new TreeSet<>(topics.stream().map(Topic::name).toList());
        missing.removeAll(Answers.await("list topics", admin.listTopics().names()));
        if (!missing.isEmpty()) {
            throw new IllegalStateException("topics are missing: " + String.join(", ", missing)
                    + "; create them as the topic catalogue says before this process is started, and"
                    + " where the cluster asks who comes, see that this process' user may use them");
        }
    }

    private static void verifyPartitions(Admin admin, List<Topic> topics) {
        Collection<String> names = topics.stream().map(Topic::name).toList();
        Map<String, TopicDescription> found =
                Answers.await("describe topics", admin.describeTopics(names).allTopicNames());
        for (Topic topic : topics) {
            int partitions = found.get(topic.name()).partitions().size();
            if (partitions != topic.partitions()) {
                throw new IllegalStateException("topic " + topic.name() + " has partitions " + partitions
                        + ", the catalogue says " + topic.partitions() + ": records lie in partitions by the "
                        + "catalogue's number, so create the topic anew, or use another cluster");
            }
        }
    }

    private static void verifyConfig(Admin admin, List<Topic> topics) {
        Map<Topic, ConfigResource> resources = topics.stream().collect(Collectors.toMap(Function.identity(),
                topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name())));
        Map<ConfigResource, Config> found =
                Answers.await("describe the topics' configuration", admin.describeConfigs(resources.values()).all());
        for (Topic topic : topics) {
            Config config = found.get(resources.get(topic));
            topic.config().entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(wanted ->
                    verifyConfig(topic, wanted.getKey(), wanted.getValue(), config.get(wanted.getKey()).value()));
        }
    }

    private static void verifyConfig(Topic topic, String key, String wanted, String found) {
        if (!wanted.equals(found)) {
            throw new IllegalStateException("topic " + topic.name() + " has " + key + " " + found
                    + ", the catalogue says " + wanted + "; mend it with: kafka-configs.sh --bootstrap-server "
                    + "<broker> --alter --entity-type topics --entity-name " + topic.name() + " --add-config " + key
                    + "=" + wanted);
        }
    }

    /** What is gone cannot be mended by a setting, and a state folded from the rest would be wrong without a sign. */
    private static void verifyLogStart(Admin admin) {
        TopicPartition log = new TopicPartition(Topics.DECISION.name(), 0);
        long first = Answers.await("find the start of the decision log",
                admin.listOffsets(Map.of(log, OffsetSpec.earliest())).all()).get(log).offset();
        if (first != 0) {
            throw new IllegalStateException("topic " + log.topic() + ", partition " + log.partition()
                    + " begins at offset " + first + ", not at 0: its first " + first + " records were deleted, and "
                    + "no state can be folded from the rest; restore the topic from a copy, or use another cluster");
        }
    }
}
