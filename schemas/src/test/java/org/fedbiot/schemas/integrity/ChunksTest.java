package org.fedbiot.schemas.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunksTest {

    @Test
    void shouldCutWhatLiesBetweenPositionAndLimit() {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {0, 1, 2, 3, 4, 5, 6, 7}).position(1).limit(7);

        List<ByteBuffer> chunks = Chunks.cut(bytes, 4);

        assertThat(chunks).containsExactly(
                ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), ByteBuffer.wrap(new byte[] {5, 6}));
        assertThat(bytes.position()).isEqualTo(1);
    }

    @Test
    void shouldCutNothingIntoNoChunks() {
        assertThat(Chunks.cut(ByteBuffer.allocate(0), 4)).isEmpty();
    }
}
