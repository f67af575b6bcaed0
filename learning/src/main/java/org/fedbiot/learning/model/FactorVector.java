package org.fedbiot.learning.model;

import java.util.Arrays;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.SplitMix64;

/** Values of LoRA factors in canonical layout, fp32, on the Java heap. Immutable. */
public final class FactorVector {
    private final FactorLayout layout;
    private final float[] values;

    private FactorVector(FactorLayout layout, float[] values) {
        if (values.length != layout.elements()) {
            throw new IllegalArgumentException("The layout has " + layout.elements() + " elements but the vector has " + values.length);
        }
        this.layout = layout;
        this.values = values;
    }

    /** A vector of copied values. */
    public static FactorVector of(FactorLayout layout, float[] values) {
        return new FactorVector(layout, values.clone());
    }

    /** All zero. */
    public static FactorVector zeros(FactorLayout layout) {
        return new FactorVector(layout, new float[layout.elements()]);
    }

    /**
     * The start of training: A uniform in ±1/√in (kaiming with a = √5), B zero, so that W' = W (fedbiot-method 1.2). A
     * function of seed and tensor name alone.
     */
    public static FactorVector initial(FactorLayout layout, long seed) {
        float[] values = new float[layout.elements()];
        int at = 0;
        for (FactorTensor tensor : layout.tensors()) {
            if (tensor.isA()) {
                SplitMix64 random = Seeds.generator(seed, "factor", tensor.name());
                double bound = 1 / Math.sqrt(tensor.columns());
                for (int i = 0; i < tensor.elements(); i++) {
                    values[at + i] = (float) ((2 * random.nextDouble() - 1) * bound);
                }
            }
            at += tensor.elements();
        }
        return new FactorVector(layout, values);
    }

    public FactorLayout layout() {
        return layout;
    }

    /** A copy of the values. */
    public float[] values() {
        return values.clone();
    }

    /** Element-wise difference, this − other, over the same layout. */
    public FactorVector minus(FactorVector other) {
        requireSameLayout(other);
        float[] difference = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            difference[i] = values[i] - other.values[i];
        }
        return new FactorVector(layout, difference);
    }

    /** Element-wise sum over the same layout. */
    public FactorVector plus(FactorVector other) {
        requireSameLayout(other);
        float[] sum = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            sum[i] = values[i] + other.values[i];
        }
        return new FactorVector(layout, sum);
    }

    private void requireSameLayout(FactorVector other) {
        if (!layout.equals(other.layout)) {
            throw new IllegalArgumentException("The factor vectors have different layouts: " + layout.tensors().size() + " and "
                    + other.layout.tensors().size() + " tensors, first " + layout.tensors().get(0) + " and " + other.layout.tensors().get(0));
        }
    }

    /** Equal layout and the same bits in every value. */
    @Override
    public boolean equals(Object other) {
        return other instanceof FactorVector that && layout.equals(that.layout) && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * layout.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "FactorVector[" + layout.tensors().size() + " tensors, " + values.length + " elements]";
    }
}
