package org.fedbiot.aggregator;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CountedUpdate;

/**
 * What one shard of the next adapter version is: a function of the close, the announced shard, the counted differences
 * and the server optimiser's state alone. Whoever folds again, live or from an old log, gets the same bits here.
 */
public final class ShardFold {

    /** Where the counted updates' shards are read from, one after the other, so that not all must be in memory. */
    public interface Differences {

        /** A counted update's shard, decoded to little-endian fp32; may be asked several times. */
        ByteBuffer of(CountedUpdate update);

        /** Its elements from start to before end. Each update is asked for as a whole before that. */
        default ByteBuffer of(CountedUpdate update, int start, int end) {
            return of(update).slice().slice(start * Float.BYTES, (end - start) * Float.BYTES);
        }
    }

    /**
     * @param values the new elements, in an array of its own
     * @param serverState the server optimiser's state after it, fp32; empty without one
     */
    public record Folded(float[] values, Optional<float[]> serverState) {
    }

    private ShardFold() {
    }

    /**
     * A close without any update gives base and state back as they are.
     *
     * @param base fp32 elements of the announced version's shard; not changed
     * @param serverState what the fold of the round before left; empty at first and without a server optimiser
     * @throws IllegalArgumentException if base, state or a difference has not as many elements as the close cuts the
     *     shard to
     */
    public static Folded fold(ClosedRound closed, int shard, float[] base, Optional<float[]> serverState,
            Differences differences) {
        return fold(closed, shard, base, serverState, differences, RankFold.BUFFER_BYTES);
    }

    static Folded fold(ClosedRound closed, int shard, float[] base, Optional<float[]> serverState,
            Differences differences, int bufferBytes) {
        int elements = closed.cut().end(shard) - closed.cut().start(shard);
        if (base.length != elements) {
            throw new IllegalArgumentException("run " + closed.event().getRunId() + ", round "
                    + closed.event().getRound() + ", shard " + shard + ": the base has " + base.length
                    + " elements, the close cuts it to " + elements);
        }
        if (closed.counted().isEmpty()) {
            return new Folded(base.clone(), serverState);
        }
        AggregationSettings settings = closed.event().getAggregation();
        double[] difference = switch (settings.getRule()) {
            case MEAN -> mean(closed, elements, differences);
            case MEDIAN, TRIMMED_MEAN ->
                new RankFold(closed.counted(), settings, bufferBytes).difference(elements, differences);
        };
        return new ServerStep(settings).take(base, difference, serverState);
    }

    /** Whether each difference is asked for more than once, since not all fit into the buffer of a rule that ranks. */
    public static boolean asksAgain(ClosedRound closed, int shard) {
        int elements = closed.cut().end(shard) - closed.cut().start(shard);
        return closed.event().getAggregation().getRule() != AggregationRule.MEAN
                && (long) closed.counted().size() * elements * Float.BYTES > RankFold.BUFFER_BYTES;
    }

    /** One difference in memory at a time. */
    private static double[] mean(ClosedRound closed, int elements, Differences differences) {
        MeanFold fold = new MeanFold(elements, closed.weightSum());
        for (CountedUpdate update : closed.counted()) {
            fold.add(update.getClientId(), update.getWeight(), checked(update, differences, elements));
        }
        return fold.difference();
    }

    /** A difference as long as it must be, in a view of its own. */
    static ByteBuffer checked(CountedUpdate update, Differences differences, int elements) {
        ByteBuffer difference = differences.of(update);
        if (difference.remaining() != elements * Float.BYTES) {
            throw new IllegalArgumentException("difference of client " + update.getClientId() + " has "
                    + difference.remaining() + " bytes, not " + elements * Float.BYTES);
        }
        return difference.slice();
    }
}
