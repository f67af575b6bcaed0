package org.fedbiot.schemas.client;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventDeserializer;
import org.fedbiot.schemas.wire.EventSerde;
import org.fedbiot.schemas.wire.EventSerializer;
import org.fedbiot.schemas.wire.Registries;
import org.fedbiot.schemas.wire.SchemaRegistry;

/**
 * How a process reaches Kafka and the registry, and the client configuration that follows.
 *
 * @param bootstrapServers as Kafka names it
 * @param schemaRegistryUrl one or several urls separated by commas, or {@code mock://name}
 * @param overrides any client setting by Kafka's name, for all clients, or for one kind with the prefix
 *     {@code producer.}, {@code consumer.}, {@code admin.} or {@code streams.}: security, and the serde classes
 *     ({@code value.serializer}, {@code value.deserializer}, {@code default.value.serde})
 */
public record KafkaSettings(String bootstrapServers, String schemaRegistryUrl, Map<String, String> overrides) {

    private static final String REGISTRY_URL = "schema.registry.url";
    private static final String DEFAULT_SERDE = "default.value.serde";

    /** What exactly-once and loss-free sends rest on. */
    private static final Set<String> FIXED = Set.of(
            ProducerConfig.ACKS_CONFIG,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            "processing.guarantee");

    /** What a share group's members may not choose: it is the group's own configuration, or has no meaning there. */
    private static final List<String> NOT_IN_SHARE_GROUPS = List.of(
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            ConsumerConfig.GROUP_PROTOCOL_CONFIG,
            ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);

    private enum Kind {
        PRODUCER("producer."),
        CONSUMER("consumer."),
        ADMIN("admin."),
        STREAMS("streams.");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    public KafkaSettings {
        Objects.requireNonNull(bootstrapServers, "bootstrapServers");
        Objects.requireNonNull(schemaRegistryUrl, "schemaRegistryUrl");
        overrides = Map.copyOf(overrides);
        overrides.keySet().forEach(KafkaSettings::checkNotFixed);
    }

    public KafkaSettings(String bootstrapServers, String schemaRegistryUrl) {
        this(bootstrapServers, schemaRegistryUrl, Map.of());
    }

    /** Idempotent, acknowledged by all in-sync replicas, large enough for the catalogue's largest record. */
    public Properties producer(String clientId) {
        Properties properties = client(clientId);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class.getName());
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, EventSerializer.class.getName());
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(largestRecordBytes()));
        override(properties, Kind.PRODUCER);
        return properties;
    }

    public Properties transactionalProducer(String clientId, String transactionalId) {
        Properties properties = producer(clientId);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        return properties;
    }

    /** Committed records only, from the beginning where no offset is stored, never committing by itself. */
    public Properties consumer(String clientId, Optional<String> groupId) {
        Properties properties = client(clientId);
        groupId.ifPresent(group -> properties.put(ConsumerConfig.GROUP_ID_CONFIG, group));
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class.getName());
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, EventDeserializer.class.getName());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        // A typo in a topic's name must fail, not make a topic.
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        override(properties, Kind.CONSUMER);
        return properties;
    }

    /** One record at a time, each to be acknowledged by hand. From where, and of what: see {@link TaskQueue}. */
    public Properties shareConsumer(String clientId, String groupId) {
        Properties properties = consumer(clientId, Optional.of(groupId));
        NOT_IN_SHARE_GROUPS.forEach(properties::remove);
        properties.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        properties.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
        return properties;
    }

    public Properties admin() {
        Properties properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        override(properties, Kind.ADMIN);
        return properties;
    }

    /** Kafka Streams, exactly once, string keys, events as values. Its settings are named here by their strings. */
    public Properties streams(String applicationId, Path stateDirectory, int threads) {
        Properties properties = client(applicationId);
        properties.put("application.id", applicationId);
        properties.put("state.dir", stateDirectory.toString());
        properties.put("num.stream.threads", Integer.toString(threads));
        properties.put("processing.guarantee", "exactly_once_v2");
        properties.put("default.key.serde", "org.apache.kafka.common.serialization.Serdes$StringSerde");
        properties.put(DEFAULT_SERDE, EventSerde.class.getName());
        properties.put(Kind.PRODUCER.prefix + ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                Integer.toString(largestRecordBytes()));
        override(properties, Kind.STREAMS);
        return properties;
    }

    /** The registry, as the serdes of these settings reach it. */
    public SchemaRegistry registry() {
        Map<String, String> configuration = new HashMap<>(overrides);
        configuration.put(REGISTRY_URL, schemaRegistryUrl);
        return Registries.of(configuration);
    }

    /** Of the overrides the names alone: their values may be secrets. */
    @Override
    public String toString() {
        return "KafkaSettings[" + bootstrapServers + ", " + schemaRegistryUrl.replaceAll("//[^/,]*@", "//…@") + ", "
                + new TreeSet<>(overrides.keySet()) + "]";
    }

    private Properties client(String clientId) {
        Properties properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(AdminClientConfig.CLIENT_ID_CONFIG, clientId);
        properties.put(REGISTRY_URL, schemaRegistryUrl);
        return properties;
    }

    /** Settings for all clients first, so that those for one kind win. Streams takes the prefixes of its own clients. */
    private void override(Properties properties, Kind kind) {
        overrides.forEach((name, value) -> {
            if (kindOf(name).isEmpty()) {
                properties.put(name, value);
            }
        });
        overrides.forEach((name, value) -> kindOf(name).ifPresent(owner -> {
            if (owner == kind) {
                properties.put(name.substring(kind.prefix.length()), value);
            } else if (kind == Kind.STREAMS) {
                properties.put(name, value);
            }
        }));
    }

    private static Optional<Kind> kindOf(String name) {
        for (Kind kind : Kind.values()) {
            if (name.startsWith(kind.prefix)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    private static void checkNotFixed(String name) {
        String bare = kindOf(name).map(kind -> name.substring(kind.prefix.length())).orElse(name);
        if (FIXED.contains(bare)) {
            throw new IllegalArgumentException("Kafka setting " + name
                    + " cannot be changed: nothing lost and nothing counted twice rests on it");
        }
    }

    private static int largestRecordBytes() {
        return Topics.ALL.stream().mapToInt(Topic::maxRecordBytes).max().orElseThrow();
    }
}
