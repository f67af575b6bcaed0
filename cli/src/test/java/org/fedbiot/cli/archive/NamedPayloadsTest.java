package org.fedbiot.cli.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.event.ServerOptimiser;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.event.VersionReplayed;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

class NamedPayloadsTest {

    private static final byte[] BYTES = "factors".getBytes(StandardCharsets.UTF_8);
    private static final String SHA256 = Sha256.of(BYTES);

    private final NamedPayloads payloads = new NamedPayloads(false);

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
        payloads.add(Topics.DECISION, "run", RoundClosed.newBuilder(close(2, ServerOptimiser.NONE, false))
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

    @Test
    void shouldMissAMomentOfAVersionThatWasFolded() {
        // Given two versions of a run with a server optimiser that keeps two, and of the second one moment too short
        fold(payloads, 1, ServerOptimiser.FED_ADAM, false);
        fold(payloads, 2, ServerOptimiser.FED_ADAM, false);
        moment(payloads, 1, 0, 4);
        moment(payloads, 1, 1, 4);
        moment(payloads, 2, 0, 4);
        moment(payloads, 2, 1, 3);

        assertThat(payloads.hole()).get().asString().contains("server moments of adapter version 2")
                .contains(Topics.SERVER_MOMENT.name() + " has no record run/2/0/1 of 16 bytes")
                .contains("(1 missing of");

        // When
        moment(payloads, 2, 1, 4);

        assertThat(payloads.hole()).isEmpty();
    }

    @Test
    void shouldNotTakeAMomentThatIsNotWhatItsHashSays() {
        fold(payloads, 1, ServerOptimiser.MOMENTUM, false);
        payloads.add(Topics.SERVER_MOMENT, "run/1/0/0",
                new ServerMoment("run", 1, 0, 1, 0, 1, SHA256, ByteBuffer.allocate(16)));

        assertThat(payloads.hole()).get().asString().contains("no record run/1/0/0");
    }

    @Test
    void shouldMissAMomentThatAForksFirstRoundWasFoldedWith() {
        fold(payloads, 1, ServerOptimiser.MOMENTUM, true);
        moment(payloads, 1, 0, 4);

        assertThat(payloads.hole()).get().asString().contains("round 1 was folded with it").contains("run/0/0/0");
    }

    @Test
    void shouldNotMissWhatAnOlderReleaseDidNotLeaveButWhatTheTopicHasLost() {
        NamedPayloads trimmed = new NamedPayloads(true);
        fold(payloads, 1, ServerOptimiser.MOMENTUM, false);
        fold(trimmed, 1, ServerOptimiser.MOMENTUM, false);

        assertThat(payloads.hole()).isEmpty();
        assertThat(trimmed.hole()).get().asString().contains("run/1/0/0");
    }

    @Test
    void shouldNotMissWhatAVersionThatWasNeverFoldedWouldHaveLeft() {
        payloads.add(Topics.DECISION, "run", close(1, ServerOptimiser.MOMENTUM, true));

        assertThat(payloads.hole()).isEmpty();
    }

    @Test
    void shouldMissWhatTheVersionsOfAWhatIfNameAndStandOn() {
        payloads.add(Topics.REPLAY_VERSION, "what-if/2", VersionReplayed.newBuilder().setRunId("what-if")
                .setOriginRunId("run").setLabel("").setRound(2).setVersion(2).setBaseSha256("b1")
                .setAggregation(AggregationSettings.newBuilder().build()).setWithout(List.of("anna"))
                .setCounted(List.of()).setSha256("b2").setElements(4)
                .setShards(List.of(new ShardRef(0, SHA256, BYTES.length, 3, 17L))).build());

        assertThat(payloads.hole()).get().asString().contains("what-if version 2 was folded onto it",
                Topics.REPLAY_VERSION.name() + " has no record what-if/1 with sha256 b1", "2 missing of 2");
    }

    /** A round's close and the version that came of it, with its manifest and its one shard. */
    private static void fold(NamedPayloads payloads, int version, ServerOptimiser optimiser, boolean inherits) {
        ByteBuffer data = ByteBuffer.allocate(16);
        AdapterPublished published = new AdapterPublished("run", version, version, SHA256, 4,
                List.of(new ShardRef(0, Sha256.of(data), 16, 0, 5L)));
        payloads.add(Topics.DECISION, "run", close(version, optimiser, inherits));
        payloads.add(Topics.DECISION, "run", published);
        payloads.add(Topics.ADAPTER_MANIFEST, "run/" + version, published);
        payloads.add(Topics.ADAPTER_SHARD, "run/" + version + "/0", AdapterShard.newBuilder().setRunId("run")
                .setVersion(version).setRound(version).setShard(0).setShards(1).setStart(0).setElements(4)
                .setSha256(Sha256.of(data)).setData(data).build());
    }

    private static void moment(NamedPayloads payloads, int version, int moment, int elements) {
        ByteBuffer data = ByteBuffer.allocate(elements * Float.BYTES);
        payloads.add(Topics.SERVER_MOMENT, "run/" + version + "/0/" + moment,
                new ServerMoment("run", version, 0, 1, moment, 2, Sha256.of(data), data));
    }

    private static RoundClosed close(int round, ServerOptimiser optimiser, boolean inherits) {
        return RoundClosed.newBuilder().setRunId("run").setRound(round).setAdapterVersion(round - 1)
                .setAdapterSha256(SHA256).setNewAdapterVersion(round).setAdapterElements(4).setAdapterShards(1)
                .setAggregation(AggregationSettings.newBuilder().setServerOptimiser(optimiser).build())
                .setReason(CloseReason.ALL_IN).setCounted(List.of()).setInheritsMoments(inherits).build();
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
