package org.fedbiot.aggregator;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.fedbiot.schemas.event.CountedUpdate;

/**
 * What one shard of the next adapter version is: a function of the close, the announced shard, the counted differences
 * and the server optimiser's state alone. Whoever folds again, live or from an old log, gets the same bits here.
 */
public final class ShardFold {

    /** Where the counted updates' shards are read from, one after the other, so that not all must be in memory. */
    public interface Differences {

        /** Payload of a counted update's shard, little-endian fp32; may be asked several times. */
        ByteBuffer of(CountedUpdate update);
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
     * @param base fp32 elements of the announced version's shard; not changed
     * @param serverState what the fold before this one left; empty at first and without a server optimiser
     * @throws IllegalArgumentException if the base or a difference has not as many elements as the close cuts the
     *     shard to
     */
    public static Folded fold(ClosedRound closed, int shard, float[] base, Optional<float[]> serverState,
            Differences differences) {
        int elements = closed.cut().end(shard) - closed.cut().start(shard);
        if (base.length != elements) {
            throw new IllegalArgumentException("run " + closed.event().getRunId() + ", round "
                    + closed.event().getRound() + ", shard " + shard + ": the base has " + base.length
                    + " elements, the close cuts it to " + elements);
        }
        MeanFold fold = new MeanFold(base, closed.weightSum());
        for (CountedUpdate update : closed.counted()) {
            fold.add(update.getClientId(), update.getWeight(), differences.of(update));
        }
        return new Folded(fold.result(), Optional.empty());
    }
}
