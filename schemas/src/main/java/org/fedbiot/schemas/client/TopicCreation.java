package org.fedbiot.schemas.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the catalogue's topics where they are missing, and refuses to work with ones that are not as it says; sets up
 * the {@link TaskQueue} that reads one of them.
 */
public final class TopicCreation {

    private static final Logger LOGGER = LoggerFactory.getLogger(TopicCreation.class);

    /** Brokers learn of new topics within milliseconds, on a busy machine within a second or two. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final short ENOUGH_TO_LOSE_ONE = 3;

    private TopicCreation() {
    }

    /**
     * Returns once every partition of every topic answers, so that the first record sent finds it open.
     *
     * @param replication copies of every partition; of three or more, a write is acknowledged when two have it
     * @throws IllegalStateException if a topic that was there is not as {@link TopicCheck} wants it
     * @throws KafkaException if the broker refuses or does not answer
     */
    public static void createMissing(Admin admin, short replication) {
        Set<String> present = Answers.await("list topics", admin.listTopics().names());
        List<NewTopic> missing = Topics.ALL.stream()
                .filter(topic -> !present.contains(topic.name()))
                .map(topic -> new NewTopic(topic.name(), topic.partitions(), replication)
                        .configs(config(topic, replication)))
                .toList();
        admin.createTopics(missing).values().forEach(TopicCreation::awaitCreated);
        if (!missing.isEmpty()) {
            LOGGER.atInfo().addKeyValue("created", missing.size()).addKeyValue("topics", Topics.ALL.size())
                    .log("topics created");
        }
        awaitOpen(admin);
        TopicCheck.verify(admin);
        if (TaskQueue.lack(admin).isEmpty()) {
            TaskQueue.configure(admin);
        }
    }

    /**
     * A topic's configuration, as Kafka names it. With three copies and two acknowledgements any one broker can be lost,
     * and nothing with it.
     */
    public static Map<String, String> config(Topic topic, short replication) {
        Map<String, String> config = new HashMap<>(topic.config());
        if (replication >= ENOUGH_TO_LOSE_ONE) {
            config.put("min.insync.replicas", "2");
        }
        return config;
    }

    private static void awaitCreated(String topic, KafkaFuture<Void> created) {
        try {
            Answers.await("create topic " + topic, created);
        } catch (KafkaException e) {
            // Another process was faster; what it made is verified like any other.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /**
     * An end offset comes from the partition's leader, so it is there to be written to. A broker that has not heard of
     * a topic from the controller yet denies that there is one: it is asked again.
     */
    private static void awaitOpen(Admin admin) {
        Map<TopicPartition, OffsetSpec> all = Topics.ALL.stream()
                .flatMap(topic -> IntStream.range(0, topic.partitions())
                        .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
                .collect(Collectors.toMap(Function.identity(), unused -> OffsetSpec.latest()));
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                Answers.await("find the topics' leaders", admin.listOffsets(all).all());
                return;
            } catch (KafkaException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > giveUp) {
                    throw e;
                }
            }
        }
    }
}
