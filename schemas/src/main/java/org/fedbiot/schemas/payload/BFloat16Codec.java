package org.fedbiot.schemas.payload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The upper half of fp32, rounded to the nearest, ties to even: two bytes for each element, little-endian. A value is
 * off by at most 2^-8 of itself (in the subnormals by half their step).
 */
record BFloat16Codec() implements ShardCodec {

    private static final int BELOW_HALF = 0x7fff;
    private static final int QUIET = 0x40;

    @Override
    public boolean isExact() {
        return false;
    }

    @Override
    public int bytes(int elements) {
        return Math.multiplyExact(elements, Short.BYTES);
    }

    @Override
    public ByteBuffer encode(float[] values, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate(bytes(to - from)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = from; i < to; i++) {
            bytes.putShort(upperHalf(values[i]));
        }
        return bytes.flip();
    }

    private static short upperHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // Rounding could carry it into infinity or zero.
            return (short) (bits >>> Short.SIZE | QUIET);
        }
        int even = bits >>> Short.SIZE & 1;
        return (short) (bits + BELOW_HALF + even >>> Short.SIZE);
    }

    @Override
    public ByteBuffer decode(ByteBuffer bytes) {
        if (bytes.remaining() % Short.BYTES != 0) {
            throw new IllegalArgumentException(bytes.remaining() + " bytes are not a whole number of bf16 values");
        }
        ByteBuffer halves = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer values = ByteBuffer.allocate(2 * halves.limit()).order(ByteOrder.LITTLE_ENDIAN);
        while (halves.hasRemaining()) {
            values.putInt(halves.getShort() << Short.SIZE);
        }
        return values.flip();
    }
}
