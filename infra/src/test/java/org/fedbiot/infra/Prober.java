package org.fedbiot.infra;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.fedbiot.schemas.client.KafkaSettings;

/**
 * Somebody who tries everything. Each try says what was allowed: a refusal is an authorization error, any other failure
 * fails the test.
 */
final class Prober implements AutoCloseable {

    private static final Duration POLL = Duration.ofSeconds(10);

    private final KafkaSettings settings;
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;

    Prober(KafkaSettings settings) {
        this.settings = settings;
        this.admin = Admin.create(settings.admin());
        Properties plain = settings.producer("prober");
        // Without a right to write anywhere, an idempotent one would fail for good at its first try.
        plain.put("enable.idempotence", "false");
        this.producer = new KafkaProducer<>(plain, new ByteArraySerializer(), new ByteArraySerializer());
        Properties hasty = settings.consumer("prober", Optional.empty());
        // What the topic before has no more of must not be waited for.
        hasty.put("fetch.max.wait.ms", "1");
        this.consumer = new KafkaConsumer<>(hasty, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Which of the topics it could write to. */
    Set<String> written(Collection<String> topics) throws Exception {
        Set<String> allowed = new HashSet<>();
        for (String topic : topics) {
            try {
                producer.send(new ProducerRecord<>(topic, 0, new byte[] {1}, new byte[] {1})).get();
                allowed.add(topic);
            } catch (ExecutionException e) {
                requireRefusal(e.getCause());
            }
        }
        return allowed;
    }

    /** Which of the topics it could read a record from; each must hold one. */
    Set<String> read(Collection<String> topics) {
        Set<String> allowed = new HashSet<>();
        for (String topic : topics) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            try {
                if (consumer.poll(POLL).isEmpty()) {
                    throw new AssertionError("nothing to be read from " + topic);
                }
                allowed.add(topic);
            } catch (AuthorizationException e) {
                consumer.unsubscribe();
            }
        }
        return allowed;
    }

    /** Which of the topics, that are there, it could have made. */
    Set<String> created(Collection<String> topics) throws Exception {
        return allowed(admin.createTopics(topics.stream().map(name -> new NewTopic(name, 1, (short) 1)).toList())
                .values(), TopicExistsException.class);
    }

    /** Whose records it could remove; it removes none. */
    Set<String> trimmed(Collection<String> topics) throws Exception {
        return allowed(byName(admin.deleteRecords(topics.stream().collect(Collectors.toMap(
                name -> new TopicPartition(name, 0), name -> RecordsToDelete.beforeOffset(0)))).lowWatermarks(),
                TopicPartition::topic), null);
    }

    /** Which of the topics it could remove; those are gone. */
    Set<String> deleted(Collection<String> topics) throws Exception {
        return allowed(admin.deleteTopics(topics).topicNameValues(), null);
    }

    /** Whose partitions or settings it could change; it changes none. */
    Set<String> altered(Collection<String> topics) throws Exception {
        Set<String> allowed = allowed(admin.createPartitions(topics.stream().collect(Collectors.toMap(
                Function.identity(), name -> NewPartitions.increaseTo(9))),
                new CreatePartitionsOptions().validateOnly(true)).values(), null);
        allowed.addAll(allowed(byName(admin.incrementalAlterConfigs(topics.stream().collect(Collectors.toMap(
                Prober::resource, name -> List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "1"),
                        AlterConfigOp.OpType.SET)))), new AlterConfigsOptions().validateOnly(true)).values(),
                ConfigResource::name), null));
        return allowed;
    }

    /** Whose settings it could see. */
    Set<String> described(Collection<String> topics) throws Exception {
        return allowed(byName(admin.describeConfigs(topics.stream().map(Prober::resource).toList()).values(),
                ConfigResource::name), null);
    }

    /** Which of the groups it could be a member of: leaving needs the same right as joining, and waits for nobody. */
    Set<String> joined(Collection<String> groups) throws Exception {
        Map<String, KafkaFuture<Void>> leaving = new HashMap<>();
        MemberToRemove nobody = new MemberToRemove("nobody");
        groups.forEach(group -> leaving.put(group, admin.removeMembersFromConsumerGroup(group,
                new RemoveMembersFromConsumerGroupOptions(List.of(nobody))).memberResult(nobody)));
        return allowed(leaving, UnknownMemberIdException.class);
    }

    /** Which transactional ids it could write under. */
    Set<String> transactional(Collection<String> ids) {
        Set<String> allowed = new HashSet<>();
        for (String id : ids) {
            try (KafkaProducer<byte[], byte[]> transactions = new KafkaProducer<>(
                    settings.transactionalProducer("prober", id), new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                transactions.initTransactions();
                allowed.add(id);
            } catch (AuthorizationException e) {
                continue;
            }
        }
        return allowed;
    }

    /** Whether it could look at who may do what, or at who has a password. */
    boolean seesWhoMayDoWhat() throws Exception {
        Map<String, KafkaFuture<?>> asked = Map.of(
                "acls", admin.describeAcls(AclBindingFilter.ANY).values(),
                "users", admin.describeUserScramCredentials().all());
        return !allowed(asked, null).isEmpty();
    }

    @Override
    public void close() {
        try (admin; producer; consumer) {
            producer.flush();
        }
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static <K, T> Map<String, KafkaFuture<T>> byName(Map<K, KafkaFuture<T>> answers,
            Function<K, String> name) {
        return answers.entrySet().stream().collect(Collectors.toMap(entry -> name.apply(entry.getKey()),
                Map.Entry::getValue));
    }

    /** @param harmless an answer that only somebody who was allowed gets; null if there is none */
    private static Set<String> allowed(Map<String, ? extends KafkaFuture<?>> answers, Class<?> harmless)
            throws InterruptedException {
        Set<String> allowed = new HashSet<>();
        for (Map.Entry<String, ? extends KafkaFuture<?>> answer : answers.entrySet()) {
            try {
                answer.getValue().get();
                allowed.add(answer.getKey());
            } catch (ExecutionException e) {
                if (e.getCause().getClass() == harmless) {
                    allowed.add(answer.getKey());
                } else {
                    requireRefusal(e.getCause());
                }
            }
        }
        return allowed;
    }

    private static void requireRefusal(Throwable failure) {
        if (!(failure instanceof AuthorizationException)) {
            throw new AssertionError("not an authorization error: " + failure, failure);
        }
    }
}
