package org.fedbiot.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateManifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestScreenTest {

    private static final Federation FEDERATION = new Federation("run", 10, 16, 0, "a", "b");
    private static final RoundOpened PLAN = FEDERATION.opened(1, new float[10]);
    private static final UpdateManifest REAL = FEDERATION.update(PLAN, "a", 3, new float[10]).manifest();

    @Test
    void shouldAcceptWhatFitsThePlan() {
        assertThat(ManifestScreen.screen(REAL, PLAN)).isEmpty();
    }

    static Stream<Arguments> givenManifestsSignedByTheClient() {
        return Stream.of(
                signed("other base", RejectReason.WRONG_BASE_VERSION, manifest -> manifest.setBaseSha256("00")),
                signed("old adapter", RejectReason.WRONG_BASE_VERSION, manifest -> manifest.setAdapterVersion(9)),
                signed("other emulator", RejectReason.WRONG_BASE_VERSION,
                        manifest -> manifest.setEmulatorSha256("00")),
                signed("elements", RejectReason.WRONG_SHAPE, manifest -> manifest.setElements(11)),
                signed("too few shards", RejectReason.WRONG_SHAPE,
                        manifest -> manifest.setShardSha256(REAL.getShardSha256().subList(0, 2))),
                signed("hash of something else", RejectReason.HASH_MISMATCH,
                        manifest -> manifest.setSha256(Federation.BASE_SHA256)),
                signed("no hashes", RejectReason.HASH_MISMATCH,
                        manifest -> manifest.setShardSha256(List.of("x", "y", "z"))),
                signed("no samples", RejectReason.WRONG_SHAPE, manifest -> manifest.setDatasetSamples(0)),
                signed("negative samples", RejectReason.WRONG_SHAPE, manifest -> manifest.setProcessedSamples(-5)),
                signed("loss", RejectReason.NOT_FINITE, manifest -> manifest.setLastLoss(Double.NaN)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("givenManifestsSignedByTheClient")
    void shouldObjectToWhatTheClientItselfSent(String name, RejectReason reason,
            UnaryOperator<UpdateManifest.Builder> change) {
        // Given
        UpdateManifest manifest =
                SignedUpdate.sign(change.apply(UpdateManifest.newBuilder(REAL)), FEDERATION.key("a"));

        // When
        Objection objection = ManifestScreen.screen(manifest, PLAN).orElseThrow();

        // Then
        assertThat(objection.reason()).isEqualTo(reason);
        assertThat(objection.genuine()).isTrue();
    }

    @Test
    void shouldNotTakeForgeriesForTheClientsWord() {
        assertForged(UpdateManifest.newBuilder(REAL).setSignature(ByteBuffer.allocate(64)).build(),
                RejectReason.BAD_SIGNATURE);
        // A weight that the client did not sign.
        assertForged(UpdateManifest.newBuilder(REAL).setDatasetSamples(1_000_000).build(),
                RejectReason.BAD_SIGNATURE);
        assertForged(SignedUpdate.sign(UpdateManifest.newBuilder(REAL), FEDERATION.key("b")),
                RejectReason.BAD_SIGNATURE);
        assertForged(UpdateManifest.newBuilder(REAL).setClientId("stranger").build(), RejectReason.NOT_CALLED);
    }

    private static void assertForged(UpdateManifest manifest, RejectReason reason) {
        Objection objection = ManifestScreen.screen(manifest, PLAN).orElseThrow();
        assertThat(objection.reason()).isEqualTo(reason);
        assertThat(objection.genuine()).isFalse();
    }

    private static Arguments signed(String name, RejectReason reason,
            UnaryOperator<UpdateManifest.Builder> change) {
        return Arguments.of(name, reason, change);
    }
}
