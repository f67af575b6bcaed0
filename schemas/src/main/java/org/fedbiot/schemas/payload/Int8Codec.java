package org.fedbiot.schemas.payload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Blocks of {@value #BLOCK} elements one after the other, the last one as short as it comes; each is its scale as
 * little-endian fp32, and then one signed byte {@code q} for each element, which stands for {@code q * scale}, rounded
 * to fp32. Symmetric: the scale is a 127th of the block's largest magnitude, rounded up where fp32 does not have it,
 * and {@code q} is value by scale, rounded to the nearest, ties to even, from -127 to 127. So a value is off by at most
 * half a scale, beside the rounding to fp32.
 */
record Int8Codec() implements ShardCodec {

    private static final int BLOCK = 256;
    private static final int BLOCK_BYTES = Float.BYTES + BLOCK;
    private static final int LARGEST = 127;

    @Override
    public boolean isExact() {
        return false;
    }

    @Override
    public int bytes(int elements) {
        return Math.addExact(elements, scaleBytes(elements, BLOCK));
    }

    @Override
    public ByteBuffer encode(float[] values, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate(bytes(to - from)).order(ByteOrder.LITTLE_ENDIAN);
        for (int start = from; start < to; start += BLOCK) {
            encodeBlock(values, start, Math.min(start + BLOCK, to), bytes);
        }
        return bytes.flip();
    }

    private static void encodeBlock(float[] values, int from, int to, ByteBuffer bytes) {
        float scale = scale(values, from, to);
        bytes.putFloat(scale);
        for (int i = from; i < to; i++) {
            // A block of zeros has the scale 0 and quotients that are NaN, which narrow to 0.
            bytes.put((byte) Math.rint((double) values[i] / scale));
        }
    }

    private static float scale(float[] values, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        float scale = largest / LARGEST;
        return (double) scale * LARGEST < largest ? Math.nextUp(scale) : scale;
    }

    @Override
    public ByteBuffer decode(ByteBuffer bytes) {
        ByteBuffer blocks = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        int elements = elements(blocks.limit());
        ByteBuffer values = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (blocks.hasRemaining()) {
            float scale = blocks.getFloat();
            for (int i = Math.min(BLOCK, blocks.remaining()); i > 0; i--) {
                values.putFloat(blocks.get() * scale);
            }
        }
        return values.flip();
    }

    /** Of the scales, one for each block that is begun. */
    private static int scaleBytes(int length, int blockLength) {
        return (length / blockLength + (length % blockLength == 0 ? 0 : 1)) * Float.BYTES;
    }

    private int elements(int bytes) {
        int elements = bytes - scaleBytes(bytes, BLOCK_BYTES);
        if (elements < 0 || bytes(elements) != bytes) {
            throw new IllegalArgumentException(bytes + " bytes are not a whole number of int8 values in blocks of "
                    + BLOCK + " with a scale each");
        }
        return elements;
    }
}
