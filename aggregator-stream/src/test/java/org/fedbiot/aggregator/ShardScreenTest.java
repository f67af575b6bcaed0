package org.fedbiot.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ShardScreenTest {

    private static final Federation FEDERATION = new Federation("run", 10, 16, 0, "a", "b");
    private static final RoundOpened PLAN = FEDERATION.opened(1, new float[10]);
    private static final float[] DIFFERENCE = {1, -2, 3, 4, 5, 6, 7, 8, 9, 10};

    @Test
    void shouldAcceptEachShardWithItsSquaredNorm() {
        // Given
        SignedUpdate update = FEDERATION.update(PLAN, "a", 3, DIFFERENCE);

        // When
        double whole = 0;
        for (UpdateShard shard : update.shards()) {
            ShardFinding finding = ShardScreen.screen(shard, PLAN);
            assertThat(finding.objection()).isEmpty();
            whole += finding.squaredNorm();
        }

        // Then 1 + 4 + ... + 100
        assertThat(whole).isCloseTo(385.0, within(1e-9));
    }

    static Stream<Arguments> givenShardsSignedByTheClient() {
        return Stream.of(
                signed("old adapter", RejectReason.WRONG_BASE_VERSION, shard -> shard.setAdapterVersion(7)),
                signed("other adapter", RejectReason.WRONG_BASE_VERSION, shard -> shard.setAdapterSha256("00")),
                signed("old emulator", RejectReason.WRONG_BASE_VERSION, shard -> shard.setEmulatorVersion(3)),
                signed("other emulator", RejectReason.WRONG_BASE_VERSION, shard -> shard.setEmulatorSha256("00")),
                signed("no such shard", RejectReason.WRONG_SHAPE, shard -> shard.setShard(3)),
                signed("negative shard", RejectReason.WRONG_SHAPE, shard -> shard.setShard(-1)),
                signed("other number of shards", RejectReason.WRONG_SHAPE, shard -> shard.setShards(4)),
                signed("other number of elements", RejectReason.WRONG_SHAPE, shard -> shard.setElements(11)),
                signed("other start", RejectReason.WRONG_SHAPE, shard -> shard.setStart(0)),
                signed("other codec", RejectReason.WRONG_CODEC, shard -> shard.setCodec(UpdateCodec.BF16)),
                signed("truncated", RejectReason.WRONG_SHAPE, shard -> data(shard, ByteBuffer.allocate(12))),
                signed("odd bytes", RejectReason.WRONG_SHAPE, shard -> data(shard, ByteBuffer.allocate(15))),
                signed("NaN", RejectReason.NOT_FINITE,
                        shard -> data(shard, LittleEndian.bytes(new float[] {0, Float.NaN, 0, 0}, 0, 4))),
                signed("infinite", RejectReason.NOT_FINITE, shard -> data(shard,
                        LittleEndian.bytes(new float[] {0, 0, 0, Float.NEGATIVE_INFINITY}, 0, 4))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("givenShardsSignedByTheClient")
    void shouldObjectToWhatTheClientItselfSent(String name, RejectReason reason,
            UnaryOperator<UpdateShard.Builder> change) {
        // Given
        UpdateShard shard = FEDERATION.update(PLAN, "a", 3, DIFFERENCE)
                .withShard(1, FEDERATION.key("a"), change).shards().get(1);

        // When
        Objection objection = ShardScreen.screen(shard, PLAN).objection().orElseThrow();

        // Then
        assertThat(objection.reason()).isEqualTo(reason);
        assertThat(objection.genuine()).isTrue();
    }

    @Test
    void shouldNotTakeForgeriesForTheClientsWord() {
        // Given
        UpdateShard real = FEDERATION.update(PLAN, "a", 3, DIFFERENCE).shards().get(0);
        SigningKey stranger = SigningKey.generate("a-key");

        // When, Then
        assertForged(UpdateShard.newBuilder(real).setSignature(ByteBuffer.allocate(64)).build(),
                RejectReason.BAD_SIGNATURE);
        assertForged(UpdateShard.newBuilder(real).setSignature(ByteBuffer.allocate(0)).build(),
                RejectReason.BAD_SIGNATURE);
        assertForged(SignedUpdate.sign(UpdateShard.newBuilder(real), stranger), RejectReason.BAD_SIGNATURE);
        assertForged(SignedUpdate.sign(UpdateShard.newBuilder(real), FEDERATION.key("b")), RejectReason.BAD_SIGNATURE);
        assertForged(UpdateShard.newBuilder(real).setClientId("c").build(), RejectReason.NOT_CALLED);
        assertForged(UpdateShard.newBuilder(real).setRound(2).build(), RejectReason.BAD_SIGNATURE);
        // The signature is the client's, the bytes are not.
        assertForged(UpdateShard.newBuilder(real).setData(ByteBuffer.allocate(16)).build(),
                RejectReason.HASH_MISMATCH);
    }

    private static void assertForged(UpdateShard shard, RejectReason reason) {
        Objection objection = ShardScreen.screen(shard, PLAN).objection().orElseThrow();
        assertThat(objection.reason()).isEqualTo(reason);
        assertThat(objection.genuine()).isFalse();
    }

    private static Arguments signed(String name, RejectReason reason, UnaryOperator<UpdateShard.Builder> change) {
        return Arguments.of(name, reason, change);
    }

    private static UpdateShard.Builder data(UpdateShard.Builder shard, ByteBuffer data) {
        return shard.setData(data).setSha256(Sha256.of(data));
    }
}
