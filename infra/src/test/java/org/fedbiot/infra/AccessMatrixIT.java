package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.fedbiot.schemas.client.AclChange;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.GroupLag;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TaskQueue;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.topic.AccessPlan;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every principal tries everything; what it may do is what the catalogue says, and all else is an authorization error. */
@Timeout(180)
class AccessMatrixIT {

    private static final String CLIENT = "hospital-a";
    /** Its name begins with the other's: a rule by prefix would let one into the other's group. */
    private static final String NEIGHBOUR = "hospital-a-2";
    private static final String STRANGER = "stranger";

    private static final Map<Role, String> NAMES = Map.of(Role.COORDINATOR, "coordinator", Role.AGGREGATOR,
            "aggregator", Role.SERVER_WORKER, "server-worker", Role.OPERATOR, "operator", Role.REGISTRY, "registry",
            Role.CLIENT, CLIENT);

    private static final String STREAMS_TOPIC = "fedbiot-aggregator-facts-repartition";
    private static final String OTHER_TOPIC = "payroll";
    private static final List<String> CATALOGUE = Topics.ALL.stream().map(Topic::name).toList();
    private static final List<String> ALL_TOPICS = new ArrayList<>(CATALOGUE);

    /** Who may join each group, and write under each transactional id. */
    private static final Map<String, Role> GROUPS = new LinkedHashMap<>();
    private static final Map<String, Role> TRANSACTIONAL_IDS = Map.of("fedbiot-coordinator", Role.COORDINATOR,
            "fedbiot-aggregator-0c1d-1", Role.AGGREGATOR, "fedbiot-registry", Role.REGISTRY);

    static {
        ALL_TOPICS.addAll(List.of(STREAMS_TOPIC, OTHER_TOPIC));
        GROUPS.put("fedbiot-coordinator", Role.COORDINATOR);
        GROUPS.put("fedbiot-coordinator-lease", Role.COORDINATOR);
        GROUPS.put("fedbiot-aggregator", Role.AGGREGATOR);
        GROUPS.put("fedbiot-server-worker", Role.SERVER_WORKER);
        GROUPS.put("fedbiot-client-" + CLIENT, Role.CLIENT);
    }

    @TempDir
    private static Path directory;
    private static EmbeddedKafka kafka;
    private static Map<String, Secret> passwords;

    @BeforeAll
    static void start() throws Exception {
        passwords = NAMES.values().stream().collect(Collectors.toMap(name -> name, name -> Secret.random()));
        passwords.put(NEIGHBOUR, Secret.random());
        passwords.put(STRANGER, Secret.random());
        kafka = EmbeddedKafka.start(new BrokerOptions(directory, 0).secured(BrokerSecurity.passwords(passwords)));
        try (Admin admin = Admin.create(Map.copyOf(kafka.adminSettings()));
                KafkaProducer<byte[], byte[]> writer = new KafkaProducer<>(Map.copyOf(kafka.adminSettings()),
                        new ByteArraySerializer(), new ByteArraySerializer())) {
            TopicCreation.createMissing(admin, (short) 1);
            admin.createTopics(List.of(new NewTopic(STREAMS_TOPIC, 1, (short) 1),
                    new NewTopic(OTHER_TOPIC, 1, (short) 1))).all().get();
            AccessPlan plan = AccessPlan.of(Set.of(CLIENT, NEIGHBOUR));
            AclChange.between(admin, plan).apply(admin);
            assertThat(AclChange.between(admin, plan)).isEqualTo(new AclChange(List.of(), List.of(), List.of()));
            for (String topic : ALL_TOPICS) {
                // The registry's is compacted, where every record has a key.
                writer.send(new ProducerRecord<>(topic, 0, new byte[] {1}, new byte[] {1})).get();
            }
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void shouldLetEachRoleDoItsOwnWorkAndNothingElse(Role role) throws Exception {
        boolean streams = role == Role.AGGREGATOR;
        try (Prober prober = new Prober(login(NAMES.get(role)))) {
            assertThat(prober.read(ALL_TOPICS)).isEqualTo(topics(topic -> topic.readers().contains(role), streams));
            assertThat(prober.written(ALL_TOPICS))
                    .isEqualTo(topics(topic -> topic.writers().contains(role), streams));
            assertThat(prober.described(ALL_TOPICS)).isEqualTo(topics(
                    topic -> Topics.checkedBy(role).contains(topic), streams));
            assertThat(prober.created(ALL_TOPICS)).isEqualTo(topics(topic -> role == Role.REGISTRY
                    && topic == Topics.REGISTRY_SCHEMA, streams));
            assertThat(prober.trimmed(ALL_TOPICS)).isEqualTo(topics(topic -> false, streams));
            assertThat(prober.deleted(CATALOGUE)).isEmpty();
            assertThat(prober.altered(ALL_TOPICS)).isEmpty();
            assertThat(prober.joined(GROUPS.keySet())).isEqualTo(keysOf(GROUPS, role));
            assertThat(prober.transactional(TRANSACTIONAL_IDS.keySet())).isEqualTo(keysOf(TRANSACTIONAL_IDS, role));
            assertThat(prober.seesWhoMayDoWhat()).isFalse();
        }
    }

    @Test
    void shouldLetAStrangerDoNothing() throws Exception {
        try (Prober prober = new Prober(login(STRANGER))) {
            assertThat(prober.read(ALL_TOPICS)).isEmpty();
            assertThat(prober.written(ALL_TOPICS)).isEmpty();
            assertThat(prober.described(ALL_TOPICS)).isEmpty();
            assertThat(prober.created(ALL_TOPICS)).isEmpty();
            assertThat(prober.trimmed(ALL_TOPICS)).isEmpty();
            assertThat(prober.deleted(ALL_TOPICS)).isEmpty();
            assertThat(prober.altered(ALL_TOPICS)).isEmpty();
            assertThat(prober.joined(GROUPS.keySet())).isEmpty();
            assertThat(prober.transactional(TRANSACTIONAL_IDS.keySet())).isEmpty();
            assertThat(prober.seesWhoMayDoWhat()).isFalse();
        }
    }

    @Test
    void shouldNotLetAClientReadAnothersUpdates() {
        assertThatThrownBy(() -> read(CLIENT, Topics.UPDATE_SHARD)).isInstanceOf(TopicAuthorizationException.class);
        assertThatThrownBy(() -> read(CLIENT, Topics.UPDATE_MANIFEST))
                .isInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void shouldNotLetAClientForgeARound() {
        for (Topic topic : List.of(Topics.ROUND_ANNOUNCE, Topics.DECISION, Topics.AGGREGATION_CONTROL,
                Topics.COMMAND)) {
            assertThatThrownBy(() -> write(CLIENT, topic)).hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void shouldNotLetAClientWriteAnAdapterOrAnEmulator() {
        for (Topic topic : List.of(Topics.ADAPTER_SHARD, Topics.ADAPTER_MANIFEST, Topics.EMULATOR_CHUNK,
                Topics.EMULATOR_MANIFEST, Topics.UPDATE_VERDICT)) {
            assertThatThrownBy(() -> write(CLIENT, topic)).hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void shouldNotLetAClientReadServerTasks() {
        for (Topic topic : List.of(Topics.SERVER_TASK, Topics.SERVER_QUEUE, Topics.DECISION, Topics.TASK_RESULT,
                Topics.SERVER_CHUNK, Topics.SERVER_MOMENT)) {
            assertThatThrownBy(() -> read(CLIENT, topic)).isInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void shouldNotLetAClientJoinAnothersGroup() {
        assertThatThrownBy(() -> join(CLIENT, "fedbiot-client-" + NEIGHBOUR))
                .isInstanceOf(GroupAuthorizationException.class);
        assertThatThrownBy(() -> join(NEIGHBOUR, "fedbiot-client-" + CLIENT))
                .isInstanceOf(GroupAuthorizationException.class);
        assertThat(join(NEIGHBOUR, "fedbiot-client-" + NEIGHBOUR)).isTrue();
    }

    @Test
    void shouldLetAServerWorkerTakeTasksAndNotChangeHowTheyAreHandedOut() {
        try (Admin worker = Admin.create(login(NAMES.get(Role.SERVER_WORKER)).admin())) {
            assertThat(TaskQueue.lack(worker)).isEmpty();
            TaskQueue.prepare(worker);
            assertThatThrownBy(() -> worker.incrementalAlterConfigs(Map.of(
                    new ConfigResource(ConfigResource.Type.GROUP, TaskQueue.SHARE_GROUP),
                    List.of(new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "latest"),
                            AlterConfigOp.OpType.SET)))).all().get())
                    .hasCauseInstanceOf(GroupAuthorizationException.class);
        }
        assertThat(takesATask(NAMES.get(Role.SERVER_WORKER))).isTrue();
        assertThatThrownBy(() -> takesATask(CLIENT)).isInstanceOf(AuthorizationException.class);
    }

    @Test
    void shouldLetAnOperatorSeeHowManyTasksWait() {
        assertThat(takesATask(NAMES.get(Role.SERVER_WORKER))).isTrue();
        try (Admin operator = Admin.create(login(NAMES.get(Role.OPERATOR)).admin());
                Admin client = Admin.create(login(CLIENT).admin())) {
            assertThat(GroupLag.read(operator, TaskQueue.SHARE_GROUP::equals)).singleElement()
                    .satisfies(lag -> assertThat(lag.records()).isPositive());
            assertThat(GroupLag.read(client, TaskQueue.SHARE_GROUP::equals)).isEmpty();
            assertThatThrownBy(() -> client.listShareGroupOffsets(Map.of(TaskQueue.SHARE_GROUP,
                    new ListShareGroupOffsetsSpec())).partitionsToOffsetInfo(TaskQueue.SHARE_GROUP).get())
                    .hasCauseInstanceOf(GroupAuthorizationException.class);
        }
    }

    private static boolean takesATask(String user) {
        try (KafkaShareConsumer<byte[], byte[]> member = new KafkaShareConsumer<>(
                login(user).shareConsumer("taker", TaskQueue.SHARE_GROUP), new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            member.subscribe(List.of(Topics.SERVER_QUEUE.name()));
            while (member.poll(Duration.ofSeconds(1)).isEmpty()) {
                Thread.onSpinWait();
            }
            return true;
        }
    }

    private static Set<String> topics(Predicate<Topic> allowed, boolean streams) {
        Set<String> names = Topics.ALL.stream().filter(allowed).map(Topic::name).collect(Collectors.toSet());
        if (streams) {
            names.add(STREAMS_TOPIC);
        }
        return names;
    }

    private static Set<String> keysOf(Map<String, Role> owners, Role role) {
        return owners.entrySet().stream().filter(entry -> entry.getValue() == role).map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static KafkaSettings login(String user) {
        return Login.at(kafka, Login.password(user, passwords.get(user)));
    }

    private static void read(String user, Topic topic) {
        try (EventReader reader = new EventReader(login(user), "reader", topic)) {
            reader.poll(Duration.ofSeconds(10));
        }
    }

    private static void write(String user, Topic topic) throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(login(user).producer("writer"),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic.name(), 0, new byte[] {1}, new byte[] {1})).get();
        }
    }

    private static boolean join(String user, String group) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                login(user).consumer("joiner", Optional.of(group)), new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(Topics.ROUND_ANNOUNCE.name()));
            return !consumer.poll(Duration.ofSeconds(20)).isEmpty();
        }
    }
}
