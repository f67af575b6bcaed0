package org.fedbiot.aggregator;

import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CountedUpdate;

/**
 * The rules that rank: for each element on its own, the differences are sorted by value, as many are dropped at each
 * end, and what is left is averaged, summed in double in ascending order. The median is the case where one is left, or
 * two where their number is even. Nothing depends on who sent which, so neither do the bits.
 *
 * <p>Every client has one vote. Weights are what clients say of themselves: a rule that holds against some of them
 * lying about their differences would not hold if they could lie about their weights as well.
 *
 * <p>Sorting needs all clients' values of an element at once, so the shard is worked through in ranges that fit the
 * buffer, and each difference is asked for once per range.
 */
final class RankFold {

    /** Bytes of values in memory at a time, whatever the number of clients: 16 ranges of a full shard at 1,000. */
    static final int BUFFER_BYTES = 32 * 1024 * 1024;

    private final List<CountedUpdate> counted;
    private final int dropped;
    private final int bufferBytes;

    /**
     * @param counted at least one
     * @param bufferBytes at least one element of each is held, even if that is more
     */
    RankFold(List<CountedUpdate> counted, AggregationSettings settings, int bufferBytes) {
        this.counted = counted;
        this.dropped = dropped(settings, counted.size());
        this.bufferBytes = bufferBytes;
    }

    /** Values that are left out at each end; always leaves one. */
    static int dropped(AggregationSettings settings, int updates) {
        // As the decimal that was written: 0.29 of 100 are 29, in binary arithmetic they would be 28.
        return settings.getRule() == AggregationRule.MEDIAN
                ? (updates - 1) / 2
                : BigDecimal.valueOf(settings.getTrimShare()).multiply(BigDecimal.valueOf(updates)).intValue();
    }

    /** The folded difference, not rounded. */
    double[] difference(int elements, ShardFold.Differences differences) {
        double[] folded = new double[elements];
        int perRange = Math.max(1, Math.min(elements, bufferBytes / Float.BYTES / counted.size()));
        float[] values = new float[perRange * counted.size()];
        for (int start = 0; start < elements; start += perRange) {
            int range = Math.min(perRange, elements - start);
            gather(values, start, range, elements, differences);
            for (int i = 0; i < range; i++) {
                folded[start + i] = middle(values, i * counted.size());
            }
        }
        return folded;
    }

    /** All clients' values of one element side by side, then those of the next. */
    private void gather(float[] values, int start, int range, int elements, ShardFold.Differences differences) {
        int clients = counted.size();
        for (int client = 0; client < clients; client++) {
            FloatBuffer difference = ShardFold.checked(counted.get(client), differences, elements)
                    .order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            for (int i = 0; i < range; i++) {
                values[i * clients + client] = difference.get(start + i);
            }
        }
    }

    private double middle(float[] values, int from) {
        int to = from + counted.size();
        Arrays.sort(values, from, to);
        double sum = 0;
        for (int i = from + dropped; i < to - dropped; i++) {
            sum += values[i];
        }
        return sum / (counted.size() - 2 * dropped);
    }
}
