package org.fedbiot.worker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.fedbiot.learning.torch.AdamW;
import org.fedbiot.worker.version.PayloadMissingException;
import org.junit.jupiter.api.Test;

class KeptMomentsTest {

    @Test
    void shouldGiveBackWhatWasKeptBitByBit() {
        AdamW.State moments = new AdamW.State(258, new float[] {1.5f, -0f, Float.MIN_VALUE},
                new float[] {3e-30f, Float.MAX_VALUE, 0f});

        ByteBuffer bytes = KeptMoments.encode(moments);
        AdamW.State back = KeptMoments.decode("run", bytes);

        assertThat(bytes.remaining()).isEqualTo(4 + 6 * 4);
        assertThat(bytes.get(0)).isEqualTo((byte) 2);
        assertThat(bytes.get(1)).isEqualTo((byte) 1);
        assertThat(back.steps()).isEqualTo(258);
        assertThat(back.firstMoments()).isEqualTo(moments.firstMoments());
        assertThat(Float.floatToRawIntBits(back.firstMoments()[1])).isEqualTo(0x80000000);
        assertThat(back.secondMoments()).isEqualTo(moments.secondMoments());
    }

    @Test
    void shouldRefuseBytesThatAreNoMoments() {
        for (int bytes : new int[] {0, 3, 5, 8, 14}) {
            assertThatThrownBy(() -> KeptMoments.decode("run", ByteBuffer.allocate(bytes)))
                    .isInstanceOf(PayloadMissingException.class).hasMessageContaining("run run");
        }
    }
}
