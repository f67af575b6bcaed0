package org.fedbiot.schemas.client;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the catalogue's topics where they are missing, and refuses to work with ones that are not as it says. */
public final class TopicCreation {

    private static final Logger LOGGER = LoggerFactory.getLogger(TopicCreation.class);

    private TopicCreation() {
    }

    /**
     * Returns once every partition of every topic answers, so that the first record sent finds it open.
     *
     * @throws IllegalStateException if a topic that was there has other partitions, cleanup, retention or record size
     *     than the catalogue says; names the topic and both values
     * @throws KafkaException if the broker refuses or does not answer
     */
    public static void createMissing(Admin admin, short replication) {
        Set<String> present = await("list topics", admin.listTopics().names());
        List<NewTopic> missing = Topics.ALL.stream()
                .filter(topic -> !present.contains(topic.name()))
                .map(topic -> new NewTopic(topic.name(), topic.partitions(), replication).configs(topic.config()))
                .toList();
        admin.createTopics(missing).values().forEach(TopicCreation::awaitCreated);
        if (!missing.isEmpty()) {
            LOGGER.info("created {} of {} topics", missing.size(), Topics.ALL.size());
        }
        awaitOpen(admin);
        verifyPartitions(admin);
        verifyConfig(admin);
    }

    private static void awaitCreated(String topic, KafkaFuture<Void> created) {
        try {
            await("create topic " + topic, created);
        } catch (KafkaException e) {
            // Another process was faster; what it made is verified like any other.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** An end offset comes from the partition's leader, so it is there to be written to. */
    private static void awaitOpen(Admin admin) {
        Map<TopicPartition, OffsetSpec> all = Topics.ALL.stream()
                .flatMap(topic -> IntStream.range(0, topic.partitions())
                        .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
                .collect(Collectors.toMap(Function.identity(), unused -> OffsetSpec.latest()));
        await("find the topics' leaders", admin.listOffsets(all).all());
    }

    private static void verifyPartitions(Admin admin) {
        Collection<String> names = Topics.ALL.stream().map(Topic::name).toList();
        Map<String, TopicDescription> found = await("describe topics", admin.describeTopics(names).allTopicNames());
        for (Topic topic : Topics.ALL) {
            verify(topic, "partitions", Integer.toString(topic.partitions()),
                    Integer.toString(found.get(topic.name()).partitions().size()));
        }
    }

    private static void verifyConfig(Admin admin) {
        Map<Topic, ConfigResource> resources = Topics.ALL.stream().collect(Collectors.toMap(Function.identity(),
                topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name())));
        Map<ConfigResource, Config> found =
                await("describe the topics' configuration", admin.describeConfigs(resources.values()).all());
        for (Topic topic : Topics.ALL) {
            Config config = found.get(resources.get(topic));
            topic.config().forEach((name, value) -> verify(topic, name, value, config.get(name).value()));
        }
    }

    private static void verify(Topic topic, String what, String expected, String actual) {
        if (!expected.equals(actual)) {
            throw new IllegalStateException("topic " + topic.name() + " has " + what + " " + actual
                    + ", the catalogue says " + expected + ": alter the topic, or use another cluster");
        }
    }

    private static <T> T await(String what, KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new KafkaException("cannot " + what + ": " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while trying to " + what, e);
        }
    }
}
