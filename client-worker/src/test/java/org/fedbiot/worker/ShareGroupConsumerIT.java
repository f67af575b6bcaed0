package org.fedbiot.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TaskQueue;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.client.UnusableRecord;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ShareGroupConsumerIT {

    private static final int SHORT_LOCK_MILLIS = 1000;
    /** Longer than any test: what is handed over meanwhile was given back. */
    private static final int LONG_LOCK_MILLIS = 60_000;
    private static final Topic EVENTS = Topics.ROUND_ANNOUNCE;
    private static final Topic MIXED = Topics.CLIENT_PRESENCE;

    @TempDir
    private static Path directory;

    private static EmbeddedKafka kafka;
    private static KafkaSettings settings;
    private static Admin admin;

    private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final BlockingQueue<UnusableRecord> passedOver = new LinkedBlockingQueue<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void startBroker() {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        settings = new KafkaSettings(kafka.bootstrapServers(), "mock://shared", Map.of());
        admin = Admin.create(settings.admin());
        TopicCreation.createMissing(admin, (short) 1);
        try (EventProducer producer = new EventProducer(settings, "writer")) {
            for (String run : List.of("first", "second")) {
                producer.send(EVENTS, run, ended(run));
            }
        }
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        kafka.close();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable part : open) {
            part.close();
        }
    }

    @Test
    void shouldKeepItsLeaseOverATaskOfSeveralLocks() throws Exception {
        // Given two workers, and a task that takes four times as long as a lock holds
        configure("long", SHORT_LOCK_MILLIS);
        for (String worker : List.of("one", "two")) {
            start("long", record -> {
                if (record.key().equals("first")) {
                    assertThat(never.await(4L * SHORT_LOCK_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
                }
                handled.add(record.key() + " by delivery " + record.deliveryCount().orElseThrow());
            });
        }

        // Then the other record does not wait for it, and each is handed out once
        assertThat(handled.take()).isEqualTo("second by delivery 1");
        assertThat(handled.take()).isEqualTo("first by delivery 1");
        awaitDone("long", EVENTS);
        assertThat(handled).isEmpty();
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldTakeOverWhatSomebodyHoldsAndDoesNotRenew() throws Exception {
        // Given a member that took a record and was never heard of again
        configure("silent", SHORT_LOCK_MILLIS);
        KafkaShareConsumer<String, SpecificRecord> silent = member("silent");
        String held = take(silent).key();

        // When
        start("silent", record -> handled.add(record.key() + " by delivery " + record.deliveryCount().orElseThrow()));

        // Then what it held comes to the other when the lock has run out
        assertThat(List.of(handled.take(), handled.take()))
                .contains(held + " by delivery 2").doesNotHaveDuplicates();
        awaitDone("silent", EVENTS);
    }

    @Test
    void shouldGiveBackAtOnceWhatItHasInHandWhenItCloses() throws Exception {
        // Given work that would never end, under a lock that outlasts this test
        configure("closed", LONG_LOCK_MILLIS);
        ShareGroupConsumer first = start("closed", record -> {
            handled.add("begun " + record.key());
            never.await();
        });
        String begun = handled.take().substring("begun ".length());

        // When
        first.close();
        start("closed", record -> handled.add(record.key()));

        // Then the next one has it, and it was no failure
        assertThat(List.of(handled.take(), handled.take())).contains(begun);
        awaitDone("closed", EVENTS);
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldInterruptTheWorkAgainWhereALibraryTookTheFirst() throws Exception {
        // Given work that calls something which swallows an interrupt
        configure("swallowed", LONG_LOCK_MILLIS);
        ShareGroupConsumer consumer = start("swallowed", record -> {
            handled.add(record.key());
            swallowOneInterrupt();
            never.await();
        });
        String begun = handled.take();

        // When
        consumer.close();
        start("swallowed", record -> handled.add(record.key()));

        // Then the record is given back
        assertThat(List.of(handled.take(), handled.take())).contains(begun);
        assertThat(failures).isEmpty();
    }

    private static void swallowOneInterrupt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException swallowed) {
            // As libraries do.
        }
    }

    @Test
    void shouldGiveBackARecordWhoseWorkStopsTheWorker() throws Exception {
        // Given work that meets a broker that refuses
        configure("failing", LONG_LOCK_MILLIS);
        start("failing", record -> {
            throw new IllegalStateException("refused");
        });
        assertThat(failures.take()).hasMessage("refused");

        // When the next one comes
        start("failing", record -> handled.add(record.key()));

        // Then it does all
        assertThat(List.of(handled.take(), handled.take())).containsExactlyInAnyOrder("first", "second");
    }

    @Test
    void shouldGoOnWithItsWorkWhenTheBrokerIsStartedAgain() throws Exception {
        // Given a task in hand
        Path own = directory.resolve("restarted");
        EmbeddedKafka broker = EmbeddedKafka.start(own, 0);
        int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
        KafkaSettings itsSettings = new KafkaSettings(broker.bootstrapServers(), "mock://restarted");
        try (Admin itsAdmin = Admin.create(itsSettings.admin());
                EventProducer producer = new EventProducer(itsSettings, "writer")) {
            TopicCreation.createMissing(itsAdmin, (short) 1);
            configure(itsAdmin, "restarted", SHORT_LOCK_MILLIS);
            producer.send(EVENTS, "first", ended("first"));
        }
        CountDownLatch done = new CountDownLatch(1);
        ShareGroupConsumer consumer = start(itsSettings, "restarted", EVENTS, record -> {
            handled.add(record.key());
            done.await();
        });
        assertThat(handled.take()).isEqualTo("first");

        // When the broker, which knows nothing of locks in its next life, is away for several of them
        broker.close();
        assertThat(never.await(2L * SHORT_LOCK_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
        broker = EmbeddedKafka.start(own, port);
        assertThat(never.await(2L * SHORT_LOCK_MILLIS, TimeUnit.MILLISECONDS)).isFalse();

        // Then the work was not disturbed, and the worker takes what comes next
        assertThat(handled).isEmpty();
        assertThat(failures).isEmpty();
        done.countDown();
        try (EventProducer producer = new EventProducer(itsSettings, "writer")) {
            producer.send(EVENTS, "second", ended("second"));
        }
        while (!handled.contains("second")) {
            Thread.onSpinWait();
        }
        assertThat(failures).isEmpty();
        consumer.close();
        broker.close();
    }

    @Test
    void shouldRejectWhatIsNoEventAndSayWhereItLies() throws Exception {
        // Given no wire format, an id that no registry knows, and a tombstone
        Properties properties = settings.producer("raw");
        properties.put("value.serializer", ByteArraySerializer.class.getName());
        try (KafkaProducer<String, byte[]> raw = new KafkaProducer<>(properties)) {
            raw.send(new ProducerRecord<>(MIXED.name(), "a", new byte[] {1, 2, 3}));
            raw.send(new ProducerRecord<>(MIXED.name(), "b", new byte[] {0, 0, 0, 9, 9, 1}));
            raw.send(new ProducerRecord<>(MIXED.name(), "c", null));
        }
        configure("mixed", LONG_LOCK_MILLIS);

        // When
        start(settings, "mixed", MIXED, record -> handled.add(record.key()));

        // Then each is told of once and none is handed out again
        awaitDone("mixed", MIXED);
        assertThat(passedOver).extracting(UnusableRecord::key).containsExactly("a", "b", "c");
        assertThat(passedOver).extracting(UnusableRecord::offset).containsExactly(0L, 1L, 2L);
        assertThat(passedOver.take().reason()).contains("does not start with a zero byte");
        assertThat(handled).isEmpty();
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldHoldARecordWhileTheRegistryDoesNotAnswer() throws Exception {
        // Given a registry that is out of order when it is first asked
        LateRegistry registry = new LateRegistry(2, RunEnded.SCHEMA$);
        open.add(registry);
        configure("late", SHORT_LOCK_MILLIS);

        // When
        start(new KafkaSettings(kafka.bootstrapServers(), registry.url()), "late", EVENTS, record ->
                handled.add(record.key() + " by delivery " + record.deliveryCount().orElseThrow()));

        // Then no delivery is spent on the outage
        assertThat(List.of(handled.take(), handled.take()))
                .containsExactlyInAnyOrder("first by delivery 1", "second by delivery 1");
        assertThat(registry.asked()).isGreaterThan(2);
        assertThat(passedOver).isEmpty();
    }

    @FunctionalInterface
    private interface Handling {

        void handle(ConsumerRecord<String, SpecificRecord> record) throws InterruptedException;
    }

    private ShareGroupConsumer start(String group, Handling handling) {
        return start(settings, group, EVENTS, handling);
    }

    private ShareGroupConsumer start(KafkaSettings kafka, String group, Topic topic, Handling handling) {
        ShareGroupConsumer consumer = new ShareGroupConsumer(group, kafka.shareConsumer(group, group), topic.name(),
                new LeasedWork() {
                    @Override
                    public boolean isWorthDoing(ConsumerRecord<String, SpecificRecord> record,
                            List<ConsumerRecord<String, SpecificRecord>> later) {
                        return true;
                    }

                    @Override
                    public void handle(ConsumerRecord<String, SpecificRecord> record) throws InterruptedException {
                        handling.handle(record);
                    }
                }, passedOver::add, (process, cause) -> failures.add(cause));
        open.add(0, consumer);
        consumer.start();
        return consumer;
    }

    private KafkaShareConsumer<String, SpecificRecord> member(String group) {
        KafkaShareConsumer<String, SpecificRecord> member =
                new KafkaShareConsumer<>(settings.shareConsumer(group + "-member", group));
        open.add(member);
        member.subscribe(List.of(EVENTS.name()));
        return member;
    }

    private static ConsumerRecord<String, SpecificRecord> take(KafkaShareConsumer<String, SpecificRecord> member) {
        while (true) {
            for (ConsumerRecord<String, SpecificRecord> record : member.poll(Duration.ofSeconds(1))) {
                return record;
            }
        }
    }

    private static RunEnded ended(String run) {
        return RunEnded.newBuilder().setRunId(run).setOutcome(RunOutcome.COMPLETED).build();
    }

    private static void configure(String group, int lockMillis) throws Exception {
        configure(admin, group, lockMillis);
    }

    private static void configure(Admin admin, String group, int lockMillis) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        List<AlterConfigOp> changes = new ArrayList<>();
        TaskQueue.config().forEach((key, value) -> changes.add(set(key, value)));
        changes.add(set("share.record.lock.duration.ms", Integer.toString(lockMillis)));
        admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get();
    }

    private static AlterConfigOp set(String key, String value) {
        return new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    }

    private static void awaitDone(String group, Topic topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic.name(), 0);
        long lag = Long.MAX_VALUE;
        while (lag != 0) {
            lag = Optional.ofNullable(admin.listShareGroupOffsets(Map.of(group,
                    new ListShareGroupOffsetsSpec().topicPartitions(List.of(partition))))
                    .partitionsToOffsetInfo(group).get().get(partition))
                    .flatMap(SharePartitionOffsetInfo::lag).orElse(Long.MAX_VALUE);
        }
    }
}
