package org.fedbiot.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.client.UnusableRecord;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LeasedConsumerIT {

    private static final int MAX_POLL_INTERVAL_MILLIS = 2000;
    private static final String MIXED = Topics.CLIENT_PRESENCE.name();
    private static final ClientLeaving LEAVING = ClientLeaving.newBuilder().setClientId("anna").setReason("closed")
            .setKeyId("anna").setSignature(ByteBuffer.allocate(0)).build();

    @TempDir
    private static Path directory;

    private static EmbeddedKafka kafka;
    private static KafkaSettings settings;

    private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final BlockingQueue<UnusableRecord> passedOver = new LinkedBlockingQueue<>();

    @BeforeAll
    static void startBroker() {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        settings = new KafkaSettings(kafka.bootstrapServers(), "mock://leased", Map.of());
        try (Admin admin = Admin.create(settings.admin())) {
            TopicCreation.createMissing(admin, (short) 1);
        }
        try (EventProducer producer = new EventProducer(settings, "writer")) {
            for (String run : List.of("first", "second")) {
                producer.send(Topics.ROUND_ANNOUNCE, run,
                        RunEnded.newBuilder().setRunId(run).setOutcome(RunOutcome.COMPLETED).build());
            }
        }
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @Test
    void shouldKeepItsLeaseOverATaskLongerThanThePollInterval() throws Exception {
        // Given a task that takes three times as long as a member may be silent
        CountDownLatch never = new CountDownLatch(1);
        try (LeasedConsumer consumer = consumer("long", record -> {
            if (record.key().equals("first")) {
                assertThat(never.await(3L * MAX_POLL_INTERVAL_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
            }
            handled.add(record.key());
        })) {
            consumer.start();

            // Then both records are done once, in their order, and committed
            assertThat(handled.take()).isEqualTo("first");
            assertThat(handled.take()).isEqualTo("second");
            while (committed("long") < 2) {
                Thread.onSpinWait();
            }
        }
        assertThat(handled).isEmpty();
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldLeaveARecordToTheNextWhenItsWorkStopsTheWorker() throws Exception {
        // Given work that meets a broker that refuses
        try (LeasedConsumer consumer = consumer("failing", record -> {
            throw new IllegalStateException("refused " + record.key());
        })) {
            consumer.start();
            assertThat(failures.take()).hasMessage("refused first");
        }
        assertThat(committed("failing")).isZero();

        // When the next one comes
        try (LeasedConsumer consumer = consumer("failing", record -> handled.add(record.key()))) {
            consumer.start();

            // Then it does the record from the beginning
            assertThat(handled.take()).isEqualTo("first");
            assertThat(handled.take()).isEqualTo("second");
        }
    }

    @Test
    void shouldInterruptTheWorkWhenItCloses() throws Exception {
        // Given work that would never end
        CountDownLatch never = new CountDownLatch(1);
        LeasedConsumer consumer = consumer("endless", record -> {
            handled.add(record.key());
            never.await();
        });
        consumer.start();
        assertThat(handled.take()).isEqualTo("first");

        // When
        consumer.close();

        // Then that is no failure, and the record is left to the next
        assertThat(failures).isEmpty();
        assertThat(committed("endless")).isZero();
    }

    @Test
    void shouldInterruptTheWorkAgainWhereALibraryTookTheFirst() throws Exception {
        // Given work that calls something which swallows an interrupt
        LeasedConsumer consumer = consumer("swallowed", record -> {
            handled.add(record.key());
            swallowOneInterrupt();
            new CountDownLatch(1).await();
        });
        consumer.start();
        assertThat(handled.take()).isEqualTo("first");

        // When
        consumer.close();

        // Then
        assertThat(failures).isEmpty();
        assertThat(committed("swallowed")).isZero();
    }

    private static void swallowOneInterrupt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException swallowed) {
            // As libraries do.
        }
    }

    @Test
    void shouldNotLeaveToTheNextWhatIsFinishedBeforeItCloses() throws Exception {
        // Given work that can be drained
        CountDownLatch mayEnd = new CountDownLatch(1);
        InHand work = new InHand(work(record -> {
            handled.add(record.key());
            mayEnd.await();
        }));
        try (LeasedConsumer consumer = consumer(settings, "drained", Topics.ROUND_ANNOUNCE.name(), work)) {
            consumer.start();
            assertThat(handled.take()).isEqualTo("first");

            // When it is drained while the first record is in hand
            work.takeNoMore();
            mayEnd.countDown();
            assertThat(work.isFinishedWithin(Duration.ofSeconds(60))).isTrue();
        }

        // Then that one is done with, and the second one was never begun
        assertThat(committed("drained")).isEqualTo(1);
        assertThat(handled).isEmpty();
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldNotLeaveToTheNextWhatIsFinishedThoughItIsClosed() throws Exception {
        // Given work that comes to its end when it is interrupted, in a time that a wakened poll does not take
        LeasedConsumer consumer = consumer(settings, "ending", Topics.ROUND_ANNOUNCE.name(), record -> {
            handled.add(record.key());
            swallowOneInterrupt();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
        });
        consumer.start();
        assertThat(handled.take()).isEqualTo("first");

        // When
        consumer.close();

        // Then
        assertThat(committed("ending")).isEqualTo(1);
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldPassOverWhatIsNoEventAndSayWhereItLies() throws Exception {
        // Given no wire format, an id that no registry knows, a tombstone, an event, and garbage at the end
        try (KafkaProducer<String, byte[]> raw = rawProducer()) {
            raw.send(new ProducerRecord<>(MIXED, "a", new byte[] {1, 2, 3}));
            raw.send(new ProducerRecord<>(MIXED, "b", new byte[] {0, 0, 0, 9, 9, 1}));
            raw.send(new ProducerRecord<>(MIXED, "c", null));
        }
        try (EventProducer producer = new EventProducer(settings, "mixed")) {
            producer.send(Topics.CLIENT_PRESENCE, "event", LEAVING);
        }
        try (KafkaProducer<String, byte[]> raw = rawProducer()) {
            raw.send(new ProducerRecord<>(MIXED, "d", new byte[0]));
        }

        // When
        try (LeasedConsumer consumer = consumer(settings, "mixed", MIXED, record -> handled.add(record.key()))) {
            consumer.start();

            // Then the event is done, the others are told of, and none is read again
            assertThat(handled.take()).isEqualTo("event");
            while (committed("mixed", MIXED) < 5) {
                Thread.onSpinWait();
            }
        }
        assertThat(passedOver).extracting(UnusableRecord::key).containsExactly("a", "b", "c", "d");
        assertThat(passedOver).extracting(UnusableRecord::offset).containsExactly(0L, 1L, 2L, 4L);
        assertThat(passedOver).allSatisfy(record -> {
            assertThat(record.topic()).isEqualTo(MIXED);
            assertThat(record.partition()).isZero();
        });
        UnusableRecord first = passedOver.take();
        assertThat(first.sha256()).isEqualTo(Sha256.of(ByteBuffer.wrap(new byte[] {1, 2, 3})));
        assertThat(first.bytes()).isEqualTo(3);
        assertThat(first.reason()).contains("does not start with a zero byte");
        assertThat(passedOver.take().reason()).contains("no schema with id");
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldReadARecordAgainWhenTheRegistryDoesNotAnswer() throws Exception {
        // Given a registry that is out of order when it is first asked
        try (LateRegistry registry = new LateRegistry(1, RunEnded.SCHEMA$)) {
            KafkaSettings late = new KafkaSettings(kafka.bootstrapServers(), registry.url());

            // When
            try (LeasedConsumer consumer = consumer(late, "late", Topics.ROUND_ANNOUNCE.name(),
                    record -> handled.add(record.key()))) {
                consumer.start();

                // Then no record is lost
                assertThat(handled.take()).isEqualTo("first");
                assertThat(handled.take()).isEqualTo("second");
            }
            assertThat(registry.asked()).isGreaterThan(1);
        }
        assertThat(passedOver).isEmpty();
        assertThat(failures).isEmpty();
    }

    private static KafkaProducer<String, byte[]> rawProducer() {
        Properties properties = settings.producer("raw");
        properties.put("value.serializer", ByteArraySerializer.class.getName());
        return new KafkaProducer<>(properties);
    }

    @FunctionalInterface
    private interface Handling {

        void handle(ConsumerRecord<String, SpecificRecord> record) throws InterruptedException;
    }

    private LeasedConsumer consumer(String group, Handling handling) {
        return consumer(settings, group, Topics.ROUND_ANNOUNCE.name(), handling);
    }

    private LeasedConsumer consumer(KafkaSettings kafka, String group, String topic, Handling handling) {
        return consumer(kafka, group, topic, work(handling));
    }

    private LeasedConsumer consumer(KafkaSettings kafka, String group, String topic, LeasedWork work) {
        Properties properties = kafka.consumer(group, Optional.of(group));
        properties.put("max.poll.interval.ms", Integer.toString(MAX_POLL_INTERVAL_MILLIS));
        return new LeasedConsumer(group, properties, topic, work, passedOver::add,
                (process, cause) -> failures.add(cause), WorkMeters.nobody());
    }

    private static LeasedWork work(Handling handling) {
        return new LeasedWork() {
            @Override
            public boolean isWorthDoing(ConsumerRecord<String, SpecificRecord> record,
                    List<ConsumerRecord<String, SpecificRecord>> later) {
                return true;
            }

            @Override
            public void handle(ConsumerRecord<String, SpecificRecord> record) throws InterruptedException {
                handling.handle(record);
            }
        };
    }

    private static long committed(String group) throws Exception {
        return committed(group, Topics.ROUND_ANNOUNCE.name());
    }

    private static long committed(String group, String topic) throws Exception {
        try (Admin admin = Admin.create(settings.admin())) {
            var offset = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get()
                    .get(new TopicPartition(topic, 0));
            return offset == null ? 0 : offset.offset();
        }
    }
}
