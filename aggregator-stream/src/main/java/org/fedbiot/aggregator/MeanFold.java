package org.fedbiot.aggregator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The weighted mean {@code sum_i (w_i / sum w) * d_i}, for each element on its own, in double and in client-id order.
 * Since that order is enforced here, the result is a function of the set of (client, weight, difference) alone, bit
 * for bit.
 *
 * <p>Holds one double for each element, however many differences are added.
 */
final class MeanFold {

    /** Elements; 16 KiB, which stay in the nearest cache. */
    private static final int BLOCK = 4096;

    private final double weightSum;
    private final double[] sum;
    /** Read from the buffer in one go: loops over arrays become vector instructions, over buffers they do not. */
    private final float[] block = new float[BLOCK];
    private String lastClient = "";

    /** @param weightSum of all differences, added up in client-id order; positive and finite */
    MeanFold(int elements, double weightSum) {
        this.weightSum = weightSum;
        this.sum = new double[elements];
    }

    /**
     * @param difference fp32 little-endian, one value for each element, from position on; its position stays
     * @throws IllegalArgumentException if the client does not come after the one before
     */
    void add(String clientId, double weight, ByteBuffer difference) {
        if (clientId.compareTo(lastClient) <= 0) {
            throw new IllegalArgumentException(
                    "differences must come in client-id order: " + clientId + " after " + lastClient);
        }
        lastClient = clientId;
        double share = weight / weightSum;
        FloatBuffer values = difference.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (int start = 0; start < sum.length; start += block.length) {
            int length = Math.min(block.length, sum.length - start);
            values.get(block, 0, length);
            addBlock(start, length, share);
        }
    }

    private void addBlock(int start, int length, double share) {
        for (int i = 0; i < length; i++) {
            sum[start + i] += share * block[i];
        }
    }

    /** The folded difference, not rounded. */
    double[] difference() {
        return sum;
    }
}
