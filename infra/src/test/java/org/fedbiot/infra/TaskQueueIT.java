package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.fedbiot.schemas.client.GroupLag;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TaskQueue;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TaskQueueIT {

    private static final ConfigResource GROUP =
            new ConfigResource(ConfigResource.Type.GROUP, TaskQueue.SHARE_GROUP);

    @TempDir
    private Path directory;
    private EmbeddedKafka kafka;
    private KafkaSettings settings;
    private Admin admin;

    @BeforeEach
    void start() {
        kafka = EmbeddedKafka.start(directory, 0);
        settings = new KafkaSettings(kafka.bootstrapServers(), "mock://queue");
        admin = Admin.create(settings.admin());
        TopicCreation.createMissing(admin, (short) 1);
    }

    @AfterEach
    void stop() {
        admin.close();
        kafka.close();
    }

    @Test
    void shouldBeSetUpWithTheTopicsAndSayWhatIsAmiss() throws Exception {
        // Given
        assertThat(TaskQueue.lack(admin)).isEmpty();
        assertThatCode(() -> TaskQueue.verify(admin)).doesNotThrowAnyException();

        // When somebody changes how the group reads
        set("share.isolation.level", "read_uncommitted");

        // Then it says what was found and how to mend it, and mends it where it may
        assertThatThrownBy(() -> TaskQueue.verify(admin)).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("share.isolation.level read_uncommitted", "needs read_committed",
                        "--entity-type groups --entity-name " + TaskQueue.SHARE_GROUP,
                        "share.auto.offset.reset=earliest", "share.delivery.count.limit=10");
        TaskQueue.prepare(admin);
        assertThatCode(() -> TaskQueue.verify(admin)).doesNotThrowAnyException();
    }

    @Test
    void shouldCountWhatAShareGroupHasNotDone() {
        // Given three tasks, of which nobody has taken any
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(settings.producer("writer"),
                new StringSerializer(), new ByteArraySerializer())) {
            for (int task = 0; task < 3; task++) {
                producer.send(new ProducerRecord<>(Topics.SERVER_QUEUE.name(), "run/" + task, new byte[1]));
                producer.send(new ProducerRecord<>(Topics.SERVER_TASK.name(), 0, "run/" + task, new byte[1]));
            }
        }
        assertThat(lag(TaskQueue.SHARE_GROUP)).as("of a group that nobody has joined").isEmpty();

        // When a share group has done one and has another in hand
        try (KafkaShareConsumer<String, byte[]> member = new KafkaShareConsumer<>(
                settings.shareConsumer("member", TaskQueue.SHARE_GROUP), new StringDeserializer(),
                new ByteArrayDeserializer())) {
            member.subscribe(List.of(Topics.SERVER_QUEUE.name()));
            member.acknowledge(take(member), AcknowledgeType.ACCEPT);
            member.commitSync();
            take(member);

            // Then two are left
            assertThat(lag(TaskQueue.SHARE_GROUP)).containsExactly(
                    new GroupLag(TaskQueue.SHARE_GROUP, Topics.SERVER_QUEUE.name(), 2));
        }
    }

    @Test
    void shouldCountWhatAConsumerGroupHasNotDone() {
        // Given
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(settings.producer("writer"),
                new StringSerializer(), new ByteArraySerializer())) {
            for (int task = 0; task < 3; task++) {
                producer.send(new ProducerRecord<>(Topics.SERVER_QUEUE.name(), "run/" + task, new byte[1]));
                producer.send(new ProducerRecord<>(Topics.SERVER_TASK.name(), 0, "run/" + task, new byte[1]));
            }
        }

        // When it has done all but one
        try (KafkaConsumer<String, SpecificRecord> member =
                new KafkaConsumer<>(settings.consumer("member", Optional.of(TaskQueue.CONSUMER_GROUP)))) {
            member.assign(List.of(new TopicPartition(Topics.SERVER_TASK.name(), 0)));
            member.commitSync(Map.of(new TopicPartition(Topics.SERVER_TASK.name(), 0),
                    new OffsetAndMetadata(2)));
        }

        // Then
        assertThat(lag(TaskQueue.CONSUMER_GROUP)).containsExactly(
                new GroupLag(TaskQueue.CONSUMER_GROUP, Topics.SERVER_TASK.name(), 1));
    }

    private List<GroupLag> lag(String group) {
        return GroupLag.read(admin, group::equals);
    }

    private static ConsumerRecord<String, byte[]> take(KafkaShareConsumer<String, byte[]> member) {
        while (true) {
            for (ConsumerRecord<String, byte[]> record : member.poll(Duration.ofSeconds(1))) {
                return record;
            }
        }
    }

    private void set(String key, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(GROUP, List.of(
                new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)))).all().get();
        // The controller has it, and the broker hears of it from there.
        while (!admin.describeConfigs(List.of(GROUP)).values().get(GROUP).get().get(key).value().equals(value)) {
            Thread.onSpinWait();
        }
    }
}
