package org.fedbiot.learning.format;

/** The two 16-bit float formats as bits, since Java 17 has neither. */
final class HalfPrecision {
    private HalfPrecision() { }

    /** IEEE binary16, subnormals, infinities and NaN included; exact. */
    static float fromFloat16(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wideExponent = exponent == 0x1f ? 0xff : exponent + 127 - 15;
        return Float.intBitsToFloat(sign | wideExponent << 23 | fraction << 13);
    }

    /** Nearest IEEE binary16, ties to even, subnormals included; too large gives infinity, NaN stays NaN. */
    static short toFloat16(float value) {
        int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7e00);
        }
        // From halfway between the largest number and the next step on, rounding goes up.
        if (magnitude >= 65520) {
            return (short) (sign | 0x7c00);
        }
        // Adding a power of two rounds, in fp32's own arithmetic, to the grid that binary16 has at this size.
        int exponent = Math.max(Math.getExponent(magnitude), -14);
        float grid = Math.scalb(1f, exponent + 13);
        float rounded = magnitude + grid - grid;
        int steps = (int) Math.scalb(rounded, 10 - exponent);
        return (short) (sign | (exponent + 14 << 10) + steps);
    }

    static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** Nearest bfloat16, ties to even; NaN stays NaN. */
    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}
