package org.fedbiot.schemas.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaSettingsTest {

    @Test
    void shouldLoseNothingAndReadCommittedByDefault() {
        KafkaSettings settings = new KafkaSettings("host:9092", "http://registry");

        assertThat(settings.producer("p"))
                .containsEntry("acks", "all").containsEntry("enable.idempotence", "true")
                .containsEntry("client.id", "p").containsEntry("schema.registry.url", "http://registry");
        assertThat(Integer.parseInt(settings.producer("p").getProperty("max.request.size")))
                .isGreaterThanOrEqualTo(Topics.EMULATOR_MANIFEST.maxRecordBytes());
        assertThat(settings.consumer("c", Optional.empty()))
                .containsEntry("isolation.level", "read_committed").containsEntry("enable.auto.commit", "false")
                .containsEntry("auto.offset.reset", "earliest").doesNotContainKey("group.id");
        assertThat(settings.consumer("c", Optional.of("g"))).containsEntry("group.id", "g");
        assertThat(settings.transactionalProducer("p", "t")).containsEntry("transactional.id", "t");
        assertThat(settings.streams("app", Path.of("dir"), 2)).containsEntry("processing.guarantee", "exactly_once_v2");
    }

    @Test
    void shouldTakeAnotherSerdeByName() {
        KafkaSettings settings = new KafkaSettings("host:9092", "http://registry", Map.of(
                "value.serializer", "io.confluent.kafka.serializers.KafkaAvroSerializer",
                "value.deserializer", "io.confluent.kafka.serializers.KafkaAvroDeserializer",
                "specific.avro.reader", "true"));

        assertThat(settings.producer("p"))
                .containsEntry("value.serializer", "io.confluent.kafka.serializers.KafkaAvroSerializer");
        assertThat(settings.consumer("c", Optional.empty()))
                .containsEntry("value.deserializer", "io.confluent.kafka.serializers.KafkaAvroDeserializer")
                .containsEntry("specific.avro.reader", "true");
    }

    @Test
    void shouldLetASettingForOneKindWin() {
        KafkaSettings settings = new KafkaSettings("host:9092", "http://registry", Map.of(
                "request.timeout.ms", "1", "consumer.request.timeout.ms", "2", "streams.num.standby.replicas", "1"));

        assertThat(settings.producer("p")).containsEntry("request.timeout.ms", "1");
        assertThat(settings.admin()).containsEntry("request.timeout.ms", "1");
        assertThat(settings.consumer("c", Optional.empty())).containsEntry("request.timeout.ms", "2")
                .doesNotContainKey("consumer.request.timeout.ms").doesNotContainKey("num.standby.replicas");
        assertThat(settings.streams("app", Path.of("dir"), 1)).containsEntry("num.standby.replicas", "1")
                .containsEntry("consumer.request.timeout.ms", "2").containsEntry("request.timeout.ms", "1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"acks", "producer.enable.idempotence", "isolation.level", "consumer.isolation.level",
        "enable.auto.commit", "streams.processing.guarantee"})
    void shouldRefuseASettingThatLosesRecords(String name) {
        assertThatThrownBy(() -> new KafkaSettings("host:9092", "http://registry", Map.of(name, "x")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
    }

    @Test
    void shouldNeverShowAPassword() {
        KafkaSettings settings = new KafkaSettings("broker:9092", "https://anna:guess-1@registry,https://registry-2",
                Map.of("sasl.jaas.config", "required password=\"guess-2\";"));

        assertThat(settings.toString()).contains("broker:9092", "registry-2", "sasl.jaas.config")
                .doesNotContain("guess");
    }
}
