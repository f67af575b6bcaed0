package org.fedbiot.cli.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventHeaders;
import org.fedbiot.schemas.wire.EventSerializer;
import org.fedbiot.schemas.wire.InMemorySchemaRegistry;
import org.fedbiot.schemas.wire.SchemaRegistry;
import org.junit.jupiter.api.Test;

class RecordLineTest {

    private static final byte[] WEIGHTS = {1, 2, 3, 4, 5};

    private final SchemaRegistry registry = InMemorySchemaRegistry.named("record-line");

    @Test
    void shouldShowWhereTheEventLiesAndWhatItSays() {
        DeadLetter letter = new DeadLetter("aggregator", "no schema", "fedbiot.update.shard.v1", 2, 17L, "run-1/1/anna",
                "ab".repeat(32), 12);

        RecordLine line = line(Topics.AGGREGATOR_DEAD_LETTER, "fedbiot.update.shard.v1/2/17", letter);

        assertThat(line.run()).isEqualTo("run-1");
        assertThat(line.json().get("topic").asText()).isEqualTo("fedbiot.aggregator.deadletter.v1");
        assertThat(line.json().get("partition").asInt()).isEqualTo(3);
        assertThat(line.json().get("offset").asLong()).isEqualTo(42);
        assertThat(line.json().get("timestamp").asText()).isEqualTo("2026-01-02T03:04:05.006Z");
        assertThat(line.json().get("key").asText()).isEqualTo("fedbiot.update.shard.v1/2/17");
        assertThat(line.json().get("headers").get("event").asText()).isEqualTo("DeadLetter");
        assertThat(line.json().get("type").asText()).isEqualTo("DeadLetter");
        assertThat(line.json().get("event").get("originOffset").asLong()).isEqualTo(17);
        assertThat(line.json().get("event").get("reason").asText()).isEqualTo("no schema");
    }

    @Test
    void shouldShowPayloadsAsLengthAndHash() {
        RecordLine line = line(Topics.EMULATOR_CHUNK, "run-1/x", new TensorChunk("run-1", Sha256.of(WEIGHTS),
                ByteBuffer.wrap(WEIGHTS)));

        assertThat(line.run()).isEqualTo("run-1");
        assertThat(line.json().get("event").get("data").toString())
                .isEqualTo("{\"bytes\":5,\"sha256\":\"" + Sha256.of(WEIGHTS) + "\"}");
    }

    @Test
    void shouldShowListsOfRecordsAndEnums() {
        RecordLine line = line(Topics.DECISION, "run-1", RoundClosed.newBuilder().setRunId("run-1").setRound(1)
                .setReason(CloseReason.ALL_IN).setCounted(List.of(CountedUpdate.newBuilder().setClientId("anna")
                        .setUpdateSha256("cd".repeat(32)).setShardSha256(List.of()).setWeight(12.5).build()))
                .setAdapterVersion(0).setAdapterSha256("").setNewAdapterVersion(1).setAdapterElements(10)
                .setAdapterShards(1).setAggregation(AggregationSettings.newBuilder().build()).build());

        assertThat(line.json().get("event").get("reason").asText()).isEqualTo("ALL_IN");
        assertThat(line.json().get("event").get("counted").get(0).get("clientId").asText()).isEqualTo("anna");
        assertThat(line.json().get("event").get("counted").get(0).get("weight").asDouble()).isEqualTo(12.5);
    }

    @Test
    void shouldShowWhatIsNoEventWithTheReason() {
        RecordLine line = RecordLine.of(registry, record(Topics.CLIENT_PRESENCE, "run-7/2/anna", WEIGHTS,
                new RecordHeaders()));

        assertThat(line.run()).isEqualTo("run-7");
        assertThat(line.json().get("event").isNull()).isTrue();
        assertThat(line.json().get("unusable").get("bytes").asInt()).isEqualTo(5);
        assertThat(line.json().get("unusable").get("sha256").asText()).isEqualTo(Sha256.of(WEIGHTS));
        assertThat(line.json().get("unusable").get("reason").asText()).isNotBlank();
    }

    @Test
    void shouldShowASchemaIdThatNobodyKnowsAndARecordWithoutValue() {
        byte[] unknown = ByteBuffer.allocate(9).put((byte) 0).putInt(987_654).array();

        assertThat(RecordLine.of(registry, record(Topics.DECISION, "run-1", unknown, new RecordHeaders())).json()
                .get("unusable").get("reason").asText()).contains("987654");
        assertThat(RecordLine.of(registry, record(Topics.DECISION, "run-1", null, new RecordHeaders())).json()
                .get("unusable").get("bytes").asInt()).isZero();
    }

    private RecordLine line(Topic topic, String key, SpecificRecord event) {
        Headers headers = EventHeaders.of(event);
        try (EventSerializer serializer = new EventSerializer(registry)) {
            return RecordLine.of(registry, record(topic, key, serializer.serialize(topic.name(), event), headers));
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(Topic topic, String key, byte[] value, Headers headers) {
        return new ConsumerRecord<>(topic.name(), 3, 42L, 1_767_323_045_006L, TimestampType.CREATE_TIME, key.length(),
                value == null ? -1 : value.length, key.getBytes(StandardCharsets.UTF_8), value, headers,
                Optional.empty());
    }
}
