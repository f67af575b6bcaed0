package org.fedbiot.schemas.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class Sha256Test {

    /** FIPS 180-2, appendix B.1. */
    private static final String OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private static final String OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void shouldGiveThePublishedHashes() {
        assertThat(Sha256.of("abc".getBytes(StandardCharsets.US_ASCII))).isEqualTo(OF_ABC);
        assertThat(Sha256.of(new byte[0])).isEqualTo(OF_NOTHING);
    }

    @Test
    void shouldHashFromPositionToLimitAndLeaveThemThere() {
        // Given a direct buffer with more around the bytes that count
        ByteBuffer bytes = ByteBuffer.allocateDirect(8).put("xabcyyyy".getBytes(StandardCharsets.US_ASCII));
        bytes.position(1).limit(4);

        assertThat(Sha256.of(bytes)).isEqualTo(OF_ABC);
        assertThat(bytes.position()).isEqualTo(1);
        assertThat(bytes.limit()).isEqualTo(4);
    }

    @Test
    void shouldHashAWholeOverTheRawHashesOfItsPartsInOrder() {
        byte[] raw = HexFormat.of().parseHex(OF_ABC + OF_NOTHING);

        assertThat(Sha256.ofHashes(List.of(OF_ABC, OF_NOTHING))).isEqualTo(Sha256.of(raw));
        assertThat(Sha256.ofHashes(List.of(OF_NOTHING, OF_ABC))).isNotEqualTo(Sha256.of(raw));
        assertThat(Sha256.ofHashes(List.of())).isEqualTo(OF_NOTHING);
    }

    @Test
    void shouldSayWhichPartIsNoHash() {
        assertThatThrownBy(() -> Sha256.ofHashes(List.of(OF_ABC, "ab")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("part 1");
        assertThatThrownBy(() -> Sha256.ofHashes(List.of("x".repeat(64))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("part 0");
    }
}
