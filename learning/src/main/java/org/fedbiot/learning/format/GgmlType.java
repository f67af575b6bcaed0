package org.fedbiot.learning.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Block types of GGUF files that are read here. A block of {@code elements} values is stored in {@code bytes} bytes.
 * The arithmetic is fp32 in the order of the format's reference code, so the values are the same to the last bit.
 */
enum GgmlType {
    F32(0, 1, 4) {
        @Override
        void dequantise(ByteBuffer stored, FloatBuffer out) {
            ElementType.F32.widen(stored, out);
        }
    },
    F16(1, 1, 2) {
        @Override
        void dequantise(ByteBuffer stored, FloatBuffer out) {
            ElementType.F16.widen(stored, out);
        }
    },
    BF16(30, 1, 2) {
        @Override
        void dequantise(ByteBuffer stored, FloatBuffer out) {
            ElementType.BF16.widen(stored, out);
        }
    },
    /** fp16 scale, 32 signed bytes. */
    Q8_0(8, 32, 34) {
        @Override
        void block(ByteBuffer in, float[] out) {
            float scale = HalfPrecision.fromFloat16(in.getShort());
            for (int i = 0; i < 32; i++) {
                out[i] = scale * in.get();
            }
        }
    },
    /** fp16 scale, 32 values from -8 to 7; the low halves of the 16 bytes come first. */
    Q4_0(2, 32, 18) {
        @Override
        void block(ByteBuffer in, float[] out) {
            float scale = HalfPrecision.fromFloat16(in.getShort());
            for (int i = 0; i < 16; i++) {
                int pair = in.get();
                out[i] = scale * ((pair & 0x0f) - 8);
                out[i + 16] = scale * ((pair >> 4 & 0x0f) - 8);
            }
        }
    },
    /** fp16 scale and minimum, 32 values from 0 to 15; the low halves of the 16 bytes come first. */
    Q4_1(3, 32, 20) {
        @Override
        void block(ByteBuffer in, float[] out) {
            float scale = HalfPrecision.fromFloat16(in.getShort());
            float minimum = HalfPrecision.fromFloat16(in.getShort());
            for (int i = 0; i < 16; i++) {
                int pair = in.get();
                out[i] = scale * (pair & 0x0f) + minimum;
                out[i + 16] = scale * (pair >> 4 & 0x0f) + minimum;
            }
        }
    },
    /** 128 bytes of low halves, 64 bytes of two high bits, 16 signed scales, fp16 scale of the scales. */
    Q6_K(14, 256, 210) {
        @Override
        void block(ByteBuffer in, float[] out) {
            int start = in.position();
            float scale = HalfPrecision.fromFloat16(in.getShort(start + 208));
            for (int half = 0; half < 2; half++) {
                for (int i = 0; i < 32; i++) {
                    int high = in.get(start + 128 + 32 * half + i);
                    for (int quarter = 0; quarter < 4; quarter++) {
                        int low = in.get(start + 64 * half + 32 * (quarter & 1) + i) >> (quarter < 2 ? 0 : 4) & 0x0f;
                        int value = (low | (high >> 2 * quarter & 3) << 4) - 32;
                        float scaled = scale * in.get(start + 192 + 8 * half + 2 * quarter + i / 16);
                        out[128 * half + 32 * quarter + i] = scaled * value;
                    }
                }
            }
            in.position(start + bytes());
        }
    };

    private static final String[] NAMES = {"F32", "F16", "Q4_0", "Q4_1", "Q4_2", "Q4_3", "Q5_0", "Q5_1", "Q8_0", "Q8_1",
        "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "Q8_K", "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S",
        "IQ2_S", "IQ4_XS", "I8", "I16", "I32", "I64", "F64", "IQ1_M", "BF16"};

    private final int id;
    private final int elements;
    private final int bytes;

    GgmlType(int id, int elements, int bytes) {
        this.id = id;
        this.elements = elements;
        this.bytes = bytes;
    }

    int elements() {
        return elements;
    }

    int bytes() {
        return bytes;
    }

    /** Whole blocks from {@code stored} (position to limit) as fp32 at {@code out}'s position. */
    void dequantise(ByteBuffer stored, FloatBuffer out) {
        stored.order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[elements];
        while (stored.hasRemaining()) {
            block(stored, values);
            out.put(values);
        }
    }

    /** One block, for the types that have blocks. */
    void block(ByteBuffer in, float[] out) {
        throw new UnsupportedOperationException(name());
    }

    static Optional<GgmlType> of(long id) {
        return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
    }

    /** For messages: the name of any type that the format defines. */
    static String nameOf(long id) {
        return id >= 0 && id < NAMES.length ? NAMES[(int) id] : "number " + id;
    }
}
