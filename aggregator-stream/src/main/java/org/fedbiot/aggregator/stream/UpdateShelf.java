package org.fedbiot.aggregator.stream;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.fedbiot.schemas.event.UpdateShard;

/**
 * Which verified shards of updates are here until their round is closed, and where each lies in the submit topic. The
 * payloads stay there: that topic is never compacted, so a copy of our own would only be written twice.
 */
final class UpdateShelf {

    private final RunStore index;

    UpdateShelf(RunStore index) {
        this.index = index;
    }

    boolean holds(String runId, int round, int shard, String clientId, String sha256) {
        return index.has(key(runId, round, shard, clientId, sha256));
    }

    /** Different shards with one number that are here of one client. */
    int variants(String runId, int round, int shard, String clientId) {
        return index.keys(key(runId, round, shard, clientId, "")).size();
    }

    void put(UpdateShard shard, long offset) {
        index.put(key(shard.getRunId(), shard.getRound(), shard.getShard(), shard.getClientId(), shard.getSha256()),
                ByteBuffer.allocate(Long.BYTES).putLong(offset).array());
    }

    /** In this task's partition of the submit topic. */
    Optional<Long> offset(String runId, int round, int shard, String clientId, String sha256) {
        return index.get(key(runId, round, shard, clientId, sha256)).map(bytes -> ByteBuffer.wrap(bytes).getLong());
    }

    /** Those that counted and those that did not: the round is folded, nobody asks for them again. */
    void dropRound(String runId, int round) {
        index.keys(RunStore.key(runId, "held", round, "")).forEach(index::delete);
    }

    private static String key(String runId, int round, int shard, String clientId, String sha256) {
        return RunStore.key(runId, "held", round, shard, clientId, sha256);
    }
}
