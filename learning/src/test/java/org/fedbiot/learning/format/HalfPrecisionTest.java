package org.fedbiot.learning.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
    @Test
    void shouldGiveEveryBinary16NumberBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float wide = HalfPrecision.fromFloat16((short) bits);
            if (!Float.isNaN(wide)) {
                assertThat(HalfPrecision.toFloat16(wide)).isEqualTo((short) bits);
            }
        }
        assertThat(HalfPrecision.fromFloat16(HalfPrecision.toFloat16(Float.NaN))).isNaN();
    }

    @Test
    void shouldRoundToTheNearestAndTiesToEven() {
        for (int bits = 0; bits < 0x7bff; bits++) {
            float low = HalfPrecision.fromFloat16((short) bits);
            float high = HalfPrecision.fromFloat16((short) (bits + 1));
            float middle = (low + high) / 2;
            assertThat(HalfPrecision.toFloat16(middle)).isEqualTo((short) (bits % 2 == 0 ? bits : bits + 1));
            assertThat(HalfPrecision.toFloat16(Math.nextDown(middle))).isEqualTo((short) bits);
            assertThat(HalfPrecision.toFloat16(-Math.nextUp(middle))).isEqualTo((short) (bits + 1 | 0x8000));
        }
        assertThat(HalfPrecision.toFloat16(65519.9f)).isEqualTo((short) 0x7bff);
        assertThat(HalfPrecision.toFloat16(65520f)).isEqualTo((short) 0x7c00);
    }
}
