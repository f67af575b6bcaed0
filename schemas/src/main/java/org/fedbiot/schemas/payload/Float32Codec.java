package org.fedbiot.schemas.payload;

import java.nio.ByteBuffer;
import org.fedbiot.schemas.integrity.LittleEndian;

/** As they are: four bytes for each element. */
record Float32Codec() implements ShardCodec {

    @Override
    public boolean isExact() {
        return true;
    }

    @Override
    public int bytes(int elements) {
        return Math.multiplyExact(elements, Float.BYTES);
    }

    @Override
    public ByteBuffer encode(float[] values, int from, int to) {
        return LittleEndian.bytes(values, from, to);
    }

    @Override
    public ByteBuffer decode(ByteBuffer bytes) {
        if (bytes.remaining() % Float.BYTES != 0) {
            throw new IllegalArgumentException(bytes.remaining() + " bytes are not a whole number of fp32 values");
        }
        return bytes;
    }
}
