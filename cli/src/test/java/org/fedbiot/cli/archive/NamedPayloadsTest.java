package org.fedbiot.cli.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

class NamedPayloadsTest {

    private static final byte[] BYTES = "factors".getBytes(StandardCharsets.UTF_8);
    private static final String SHA256 = Sha256.of(BYTES);

    private final NamedPayloads payloads = new NamedPayloads();

    @Test
    void shouldFindNoHoleWhereAllThatIsNamedIsThere() {
        // Given the payload first, as it is written
        payloads.add(Topics.EMULATOR_CHUNK, "run/" + SHA256, chunk(BYTES));
        payloads.add(Topics.EMULATOR_MANIFEST, "run/1", emulator());

        assertThat(payloads.hole()).isEmpty();
    }

    @Test
    void shouldNameTheChunkThatIsNotThereAndWhereItShouldBe() {
        payloads.add(Topics.EMULATOR_MANIFEST, "run/1", emulator());

        assertThat(payloads.hole()).get().asString().contains("emulator version 1").contains("partition 3, offset 17")
                .contains(Topics.EMULATOR_CHUNK.name()).contains("run/" + SHA256);
    }

    @Test
    void shouldNotTakeAChunkWithOtherBytesForTheOneThatIsNamed() {
        payloads.add(Topics.EMULATOR_CHUNK, "run/" + SHA256, chunk(new byte[] {1, 2, 3}));
        payloads.add(Topics.EMULATOR_MANIFEST, "run/1", emulator());

        assertThat(payloads.hole()).isPresent();
    }

    @Test
    void shouldMissACountedUpdate() {
        payloads.add(Topics.DECISION, "run", RoundClosed.newBuilder().setRunId("run").setRound(2).setAdapterVersion(1)
                .setAdapterSha256(SHA256).setNewAdapterVersion(2).setAdapterElements(4).setAdapterShards(1)
                .setAggregation(AggregationSettings.newBuilder().build()).setReason(CloseReason.ALL_IN)
                .setCounted(List.of(new CountedUpdate("anna", SHA256, List.of(SHA256), 1.0))).build());

        assertThat(payloads.hole()).get().asString().contains("round 2 counted the update of anna")
                .contains(Topics.UPDATE_MANIFEST.name()).contains("run/2/anna").contains("2 missing of 2");
    }

    @Test
    void shouldMissAVersionWhoseManifestIsGoneThoughItWasDecidedUpon() {
        payloads.add(Topics.DECISION, "run", new AdapterPublished("run", 2, 2, SHA256, 4,
                List.of(new ShardRef(0, SHA256, 16, 0, 5L))));

        assertThat(payloads.hole()).get().asString().contains("adapter version 2 was decided upon")
                .contains(Topics.ADAPTER_MANIFEST.name());
    }

    private static TensorChunk chunk(byte[] bytes) {
        return TensorChunk.newBuilder().setRunId("run").setSha256(SHA256).setData(ByteBuffer.wrap(bytes)).build();
    }

    private static EmulatorPublished emulator() {
        return EmulatorPublished.newBuilder().setRunId("run").setVersion(1).setSha256("e").setBaseSha256("b")
                .setAdapterVersion(1).setElements(2).setChunks(List.of(new ChunkRef(SHA256, BYTES.length, 3, 17L)))
                .build();
    }
}
