package org.fedbiot.learning.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Floats of the heap as the bytes that files have. */
final class LittleEndianFloats {
    private LittleEndianFloats() { }

    static ByteBuffer bytes(float[] values, int from, int count) {
        ByteBuffer out = ByteBuffer.allocate(Math.multiplyExact(count, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        out.asFloatBuffer().put(values, from, count);
        return out;
    }
}
