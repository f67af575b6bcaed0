package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;

/**
 * Cosines and sines of the rotary angles position·theta^(−2i/d) for positions 0..length−1, [length, d] in the base type,
 * both halves alike (half-split form). Angles are rounded to fp32 as the reference implementations do.
 */
record RotaryTable(int length, NDArray cos, NDArray sin) {
    static RotaryTable of(NDManager manager, LlamaConfig config, int length) {
        int half = config.headSize() / 2;
        float[] frequencies = new float[half];
        for (int i = 0; i < half; i++) {
            frequencies[i] = (float) (1 / StrictMath.pow(config.ropeTheta(), 2.0 * i / config.headSize()));
        }
        float[] cos = new float[length * half * 2];
        float[] sin = new float[cos.length];
        for (int position = 0; position < length; position++) {
            for (int i = 0; i < half; i++) {
                float angle = position * frequencies[i];
                int at = position * half * 2 + i;
                cos[at] = cos[at + half] = (float) StrictMath.cos(angle);
                sin[at] = sin[at + half] = (float) StrictMath.sin(angle);
            }
        }
        Shape shape = new Shape(length, half * 2L);
        // The table outlives a scope that the caller may have open, which would free it.
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            RotaryTable table = new RotaryTable(length, manager.create(cos, shape), manager.create(sin, shape));
            NDScope.unregister(table.cos(), table.sin());
            return table;
        }
    }
}
