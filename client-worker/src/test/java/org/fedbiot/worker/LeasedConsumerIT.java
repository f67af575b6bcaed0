package org.fedbiot.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LeasedConsumerIT {

    private static final int MAX_POLL_INTERVAL_MILLIS = 2000;

    @TempDir
    private static Path directory;

    private static EmbeddedKafka kafka;
    private static KafkaSettings settings;

    private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

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

    @FunctionalInterface
    private interface Handling {

        void handle(ConsumerRecord<String, SpecificRecord> record) throws InterruptedException;
    }

    private LeasedConsumer consumer(String group, Handling handling) {
        Properties properties = settings.consumer(group, Optional.of(group));
        properties.put("max.poll.interval.ms", Integer.toString(MAX_POLL_INTERVAL_MILLIS));
        return new LeasedConsumer(group, properties, Topics.ROUND_ANNOUNCE.name(), new LeasedWork() {
            @Override
            public boolean isWorthDoing(ConsumerRecord<String, SpecificRecord> record,
                    List<ConsumerRecord<String, SpecificRecord>> later) {
                return true;
            }

            @Override
            public void handle(ConsumerRecord<String, SpecificRecord> record) throws InterruptedException {
                handling.handle(record);
            }
        }, (process, cause) -> failures.add(cause));
    }

    private static long committed(String group) throws Exception {
        try (Admin admin = Admin.create(settings.admin())) {
            var offset = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get()
                    .get(new TopicPartition(Topics.ROUND_ANNOUNCE.name(), 0));
            return offset == null ? 0 : offset.offset();
        }
    }
}
