package org.fedbiot.cli.replay;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.ShardFold;
import org.fedbiot.schemas.integrity.ShardPlan;

/** The differences that counted in a round, verified, on disk: folded as often as it takes. One thread at a time. */
final class RoundUpdates implements AutoCloseable {

    private final ShardPlan cut;
    private final Map<String, Integer> vectors = new HashMap<>();
    private final VectorFile file;

    RoundUpdates(ClosedRound closed) {
        this.cut = closed.cut();
        closed.counted().forEach(update -> vectors.put(update.getClientId(), vectors.size()));
        this.file = new VectorFile(cut.elements());
    }

    /** @param data decoded, little-endian fp32 */
    void put(String clientId, int shard, ByteBuffer data) {
        file.put(vectors.get(clientId), cut.start(shard), data);
    }

    /** One shard of all of them, as a fold asks for it. */
    ShardFold.Differences shard(int shard) {
        return update -> file.range(vectors.get(update.getClientId()), cut.start(shard), cut.end(shard));
    }

    @Override
    public void close() {
        file.close();
    }
}
