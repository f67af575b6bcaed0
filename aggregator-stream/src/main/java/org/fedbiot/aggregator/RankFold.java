package org.fedbiot.aggregator;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CountedUpdate;

/**
 * The rules that rank: for each element on its own, the differences are ranked by value, as many are dropped at each
 * end, and what is left is averaged, summed in double in ascending order. The median is the case where one is left, or
 * two where their number is even. Nothing depends on who sent which, so neither do the bits.
 *
 * <p>Every client has one vote. Weights are what clients say of themselves: a rule that holds against some of them
 * lying about their differences would not hold if they could lie about their weights as well.
 *
 * <p>Ranking needs all clients' values of an element at once, so the shard is worked through in ranges that fit the
 * buffer, and each difference is asked for as a whole and then once for each further range.
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
            CountedUpdate update = counted.get(client);
            ByteBuffer bytes = start == 0
                    ? ShardFold.checked(update, differences, elements)
                    : differences.of(update, start, start + range);
            FloatBuffer difference = bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            for (int i = 0; i < range; i++) {
                values[i * clients + client] = difference.get(i);
            }
        }
    }

    /** Which of several equal values are dropped makes no difference, nor does the sign of zeros in a sum from 0. */
    private double middle(float[] values, int from) {
        int first = from + dropped;
        int last = from + counted.size() - 1 - dropped;
        select(values, from, from + counted.size() - 1, first);
        select(values, first, from + counted.size() - 1, last);
        Arrays.sort(values, first, last + 1);
        double sum = 0;
        for (int i = first; i <= last; i++) {
            sum += values[i];
        }
        return sum / (last - first + 1);
    }

    /**
     * Hoare's selection, since most of a thousand values need no order where one is wanted: afterwards no value from low
     * to wanted is larger than that at wanted, and none from there to high is smaller. Clients who know their
     * places could choose values that make it slow, so what many steps have not brought is sorted.
     */
    private static void select(float[] values, int low, int high, int wanted) {
        int from = low;
        int to = high;
        int steps = 2 * (Integer.SIZE - Integer.numberOfLeadingZeros(high - low + 1));
        while (from < to) {
            if (steps-- == 0) {
                Arrays.sort(values, from, to + 1);
                return;
            }
            float pivot = middleOf(values[from], values[(from + to) >>> 1], values[to]);
            int left = from;
            int right = to;
            while (left <= right) {
                while (values[left] < pivot) {
                    left++;
                }
                while (pivot < values[right]) {
                    right--;
                }
                if (left <= right) {
                    float swapped = values[left];
                    values[left++] = values[right];
                    values[right--] = swapped;
                }
            }
            if (wanted <= right) {
                to = right;
            } else if (wanted >= left) {
                from = left;
            } else {
                return;
            }
        }
    }

    private static float middleOf(float one, float other, float third) {
        return Math.max(Math.min(one, other), Math.min(Math.max(one, other), third));
    }
}
