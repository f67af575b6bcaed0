package org.fedbiot.learning.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.fedbiot.learning.model.BaseType;

/** Element types of safetensors files that this project reads and writes; the names are the file format's. */
public enum ElementType {
    F32(4) {
        @Override
        void widen(ByteBuffer stored, FloatBuffer out) {
            out.put(stored.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
        }

        @Override
        public void narrow(FloatBuffer values, ByteBuffer out) {
            out.order(ByteOrder.LITTLE_ENDIAN);
            while (values.hasRemaining()) {
                out.putFloat(values.get());
            }
        }
    },
    F16(2) {
        @Override
        void widen(ByteBuffer stored, FloatBuffer out) {
            ShortBuffer bits = stored.order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
            while (bits.hasRemaining()) {
                out.put(HalfPrecision.fromFloat16(bits.get()));
            }
        }

        @Override
        public void narrow(FloatBuffer values, ByteBuffer out) {
            out.order(ByteOrder.LITTLE_ENDIAN);
            while (values.hasRemaining()) {
                out.putShort(HalfPrecision.toFloat16(values.get()));
            }
        }
    },
    BF16(2) {
        @Override
        void widen(ByteBuffer stored, FloatBuffer out) {
            ShortBuffer bits = stored.order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
            while (bits.hasRemaining()) {
                out.put(HalfPrecision.fromBfloat16(bits.get()));
            }
        }

        @Override
        public void narrow(FloatBuffer values, ByteBuffer out) {
            out.order(ByteOrder.LITTLE_ENDIAN);
            while (values.hasRemaining()) {
                out.putShort(HalfPrecision.toBfloat16(values.get()));
            }
        }
    };

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** All of {@code stored} (little-endian) as fp32 at {@code out}'s position; exact for every type. */
    abstract void widen(ByteBuffer stored, FloatBuffer out);

    /** All of {@code values} little-endian at {@code out}'s position, rounded to nearest, ties to even. */
    public abstract void narrow(FloatBuffer values, ByteBuffer out);

    public static ElementType of(BaseType type) {
        return type == BaseType.BFLOAT16 ? BF16 : F32;
    }

    static Optional<ElementType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }
}
