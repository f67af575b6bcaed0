package org.fedbiot.schemas.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class LittleEndianTest {

    @Test
    void shouldWriteTheLowByteFirst() {
        ByteBuffer bytes = LittleEndian.bytes(new float[] {9f, 1f, -2.5f, 9f}, 1, 3);

        assertThat(bytes.array()).isEqualTo(HexFormat.of().parseHex("0000803f" + "000020c0"));
        assertThat(bytes.position()).isZero();
    }

    @Test
    void shouldReadBackEveryBitWhateverTheBuffersOrder() {
        // Given values that arithmetic would not keep apart
        float[] values = {0f, -0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, Float.intBitsToFloat(0x7fc00001)};

        float[] read = LittleEndian.floats(LittleEndian.bytes(values, 0, 5).order(ByteOrder.BIG_ENDIAN));

        for (int i = 0; i < values.length; i++) {
            assertThat(Float.floatToRawIntBits(read[i])).isEqualTo(Float.floatToRawIntBits(values[i]));
        }
    }

    @Test
    void shouldRefuseAPartOfAValue() {
        assertThatThrownBy(() -> LittleEndian.floats(ByteBuffer.allocate(6)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("6 bytes");
    }
}
