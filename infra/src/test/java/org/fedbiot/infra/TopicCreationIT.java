package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCheck;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class TopicCreationIT {

    @TempDir
    private Path directory;
    private EmbeddedKafka kafka;
    private Admin admin;

    @BeforeEach
    void start() {
        kafka = EmbeddedKafka.start(directory, 0);
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        TopicCreation.createMissing(admin, (short) 1);
    }

    @AfterEach
    void stop() {
        admin.close();
        kafka.close();
    }

    @Test
    void shouldMakeEveryTopicAsTheCatalogueSaysAndLeaveItSo() throws Exception {
        TopicCreation.createMissing(admin, (short) 1);

        Map<String, TopicDescription> found = admin.describeTopics(Topics.ALL.stream().map(Topic::name).toList())
                .allTopicNames().get();
        assertThat(found.values().stream().collect(Collectors.toMap(TopicDescription::name,
                topic -> topic.partitions().size()))).isEqualTo(Topics.ALL.stream()
                        .collect(Collectors.toMap(Topic::name, Topic::partitions)));
    }

    @Test
    void shouldMakeOnlyTheOneThatIsMissing() throws Exception {
        admin.deleteTopics(List.of(Topics.COMMAND.name())).all().get();

        TopicCreation.createMissing(admin, (short) 1);

        assertThat(admin.listTopics().names().get()).contains(Topics.COMMAND.name());
    }

    @Test
    void shouldRefuseATopicWithOtherPartitions() throws Exception {
        admin.createPartitions(Map.of(Topics.DECISION.name(), NewPartitions.increaseTo(3))).all().get();

        assertThatThrownBy(() -> TopicCreation.createMissing(admin, (short) 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(Topics.DECISION.name()).hasMessageContaining("partitions 3")
                .hasMessageContaining("says 1");
    }

    @Test
    void shouldRefuseATopicThatForgets() throws Exception {
        set("retention.ms", "1000");
        assertThatThrownBy(() -> TopicCreation.createMissing(admin, (short) 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(Topics.UPDATE_SHARD.name()).hasMessageContaining("retention.ms 1000");

        set("retention.ms", "-1");
        assertThatCode(() -> TopicCreation.createMissing(admin, (short) 1)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"retention.ms, 604800000, -1", "retention.bytes, 1048576, -1", "cleanup.policy, compact, delete",
        "cleanup.policy, 'compact,delete', delete", "max.message.bytes, 1000, 589824"})
    void shouldSayHowToMendATopicThatForgets(String key, String found, String wanted) throws Exception {
        set(key, found);

        assertThatThrownBy(() -> TopicCheck.verify(settings(), Role.OPERATOR)).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("topic " + Topics.UPDATE_SHARD.name() + " has " + key + " " + found,
                        "says " + wanted, "--alter --entity-type topics --entity-name " + Topics.UPDATE_SHARD.name()
                                + " --add-config " + key + "=" + wanted);

        set(key, wanted);
        assertThatCode(() -> TopicCheck.verify(settings(), Role.OPERATOR)).doesNotThrowAnyException();
    }

    @Test
    void shouldNameTopicsThatAreMissing() throws Exception {
        admin.deleteTopics(List.of(Topics.COMMAND.name(), Topics.SERVER_TASK.name())).all().get();

        assertThatThrownBy(() -> TopicCheck.verify(settings(), Role.OPERATOR)).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(Topics.COMMAND.name(), Topics.SERVER_TASK.name());
    }

    @Test
    void shouldRefuseADecisionLogWhoseFirstRecordsWereDeleted() throws Exception {
        TopicPartition log = new TopicPartition(Topics.DECISION.name(), 0);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings().admin(),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(log.topic(), new byte[1])).get();
            producer.send(new ProducerRecord<>(log.topic(), new byte[1])).get();
        }
        assertThatCode(() -> TopicCheck.verify(settings(), Role.OPERATOR)).doesNotThrowAnyException();

        admin.deleteRecords(Map.of(log, RecordsToDelete.beforeOffset(1))).all().get();

        assertThatThrownBy(() -> TopicCheck.verify(settings(), Role.OPERATOR)).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(log.topic(), "partition 0", "offset 1", "not at 0");
    }

    private KafkaSettings settings() {
        return new KafkaSettings(kafka.bootstrapServers(), "mock://unused");
    }

    private void set(String name, String value) throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.UPDATE_SHARD.name());
        admin.incrementalAlterConfigs(Map.of(topic, List.of(
                new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)))).all().get();
    }
}
