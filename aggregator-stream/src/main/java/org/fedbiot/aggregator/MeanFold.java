package org.fedbiot.aggregator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The one kernel by which differences become a new version: {@code base + sum_i (w_i / sum w) * d_i}, for each element
 * on its own, the sum in double and in client-id order, rounded to float once at the end. Since that order is enforced
 * here, the result is a function of the base and of the set of (client, weight, difference) alone, bit for bit.
 * No differences at all give the base.
 *
 * <p>Holds one double and one float for each element, however many differences are added.
 */
public final class MeanFold {

    private final float[] base;
    private final double weightSum;
    private final double[] sum;
    private String lastClient = "";

    /**
     * @param base fp32 elements; not changed
     * @param weightSum of all differences, added up in client-id order; positive and finite if there are any
     */
    public MeanFold(float[] base, double weightSum) {
        this.base = base;
        this.weightSum = weightSum;
        this.sum = new double[base.length];
    }

    /**
     * @param difference fp32 little-endian, as many as the base has, from position to limit; its position stays
     * @throws IllegalArgumentException if the client does not come after the one before, or the length differs
     */
    public void add(String clientId, double weight, ByteBuffer difference) {
        if (clientId.compareTo(lastClient) <= 0) {
            throw new IllegalArgumentException(
                    "differences must come in client-id order: " + clientId + " after " + lastClient);
        }
        if (difference.remaining() != base.length * Float.BYTES) {
            throw new IllegalArgumentException("difference of client " + clientId + " has " + difference.remaining()
                    + " bytes, the base " + base.length * Float.BYTES);
        }
        lastClient = clientId;
        double share = weight / weightSum;
        FloatBuffer values = difference.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += share * values.get(i);
        }
    }

    /** The new elements, in an array of its own. */
    public float[] result() {
        float[] result = new float[base.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (base[i] + sum[i]);
        }
        return result;
    }
}
