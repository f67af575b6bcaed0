package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.SplitMix64;

/**
 * Dropout masks of the LoRA branches of one step, made in Java: a function of seed, step, layer and projection, with no
 * generator shared between threads. {@code seed} already names run, owner and round; the rate is honoured to 1/65536.
 */
public record LoraDropout(double rate, long seed, int step) {
    public LoraDropout {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("Dropout rate must be in [0, 1) but was " + rate);
        }
    }

    /** The probability with which an element is kept, exactly as the masks have it. */
    public double keep() {
        return (65536 - threshold()) / 65536.0;
    }

    /** Bytes 0 (dropped) or 1, [rows, columns], owned by {@code manager}. */
    NDArray mask(NDManager manager, int modelLayer, Projection projection, long rows, long columns) {
        int elements = Math.toIntExact(rows * columns);
        int threshold = threshold();
        SplitMix64 random = Seeds.generator(seed, "mask", step, modelLayer, projection.path());
        ByteBuffer mask = manager.allocateDirect(elements);
        int whole = elements & ~3;
        for (int i = 0; i < whole; i += 4) {
            long bits = random.nextLong();
            mask.putInt(i, keep(bits, threshold) | keep(bits >>> 16, threshold) << 8 | keep(bits >>> 32, threshold) << 16 | keep(bits >>> 48, threshold) << 24);
        }
        long bits = random.nextLong();
        for (int i = whole; i < elements; i++) {
            mask.put(i, (byte) keep(bits, threshold));
            bits >>>= 16;
        }
        return manager.create(mask, new Shape(rows, columns), DataType.UINT8);
    }

    private int threshold() {
        return (int) Math.round(rate * 65536);
    }

    private static int keep(long bits, int threshold) {
        return (bits & 0xffff) >= threshold ? 1 : 0;
    }
}
