package org.fedbiot.schemas.integrity;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** fp32 values as they travel: four bytes each, little-endian, bit for bit. */
public final class LittleEndian {

    private LittleEndian() {
    }

    /**
     * The bytes of {@code values[from, to)}, in a heap buffer of their own, position 0.
     *
     * @throws IndexOutOfBoundsException if the range is not in the vector
     */
    public static ByteBuffer bytes(float[] values, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(to - from, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values, from, to - from);
        return bytes;
    }

    /**
     * The values of the bytes from position to limit; the buffer's position stays where it was.
     *
     * @throws IllegalArgumentException if that is not a whole number of values
     */
    public static float[] floats(ByteBuffer bytes) {
        if (bytes.remaining() % Float.BYTES != 0) {
            throw new IllegalArgumentException(bytes.remaining() + " bytes are not a whole number of fp32 values");
        }
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
