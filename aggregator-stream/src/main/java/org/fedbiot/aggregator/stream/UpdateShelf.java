package org.fedbiot.aggregator.stream;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.fedbiot.schemas.event.UpdateShard;

/**
 * Verified shards of updates until their round is closed. The index says which are here without reading half a
 * megabyte to find out; the payloads lie beside it.
 */
final class UpdateShelf {

    private final RunStore index;
    private final RunStore payloads;

    UpdateShelf(RunStore index, RunStore payloads) {
        this.index = index;
        this.payloads = payloads;
    }

    boolean holds(String runId, int round, int shard, String clientId, String sha256) {
        return index.has(indexKey(runId, round, shard, clientId, sha256));
    }

    /** Different shards with one number that are here of one client. */
    int variants(String runId, int round, int shard, String clientId) {
        return index.keys(indexKey(runId, round, shard, clientId, "")).size();
    }

    void put(UpdateShard shard) {
        byte[] bytes = new byte[shard.getData().remaining()];
        shard.getData().duplicate().get(bytes);
        String runId = shard.getRunId();
        index.mark(indexKey(runId, shard.getRound(), shard.getShard(), shard.getClientId(), shard.getSha256()));
        payloads.put(payloadKey(runId, shard.getRound(), shard.getShard(), shard.getClientId(), shard.getSha256()),
                bytes);
    }

    Optional<ByteBuffer> payload(String runId, int round, int shard, String clientId, String sha256) {
        return payloads.get(payloadKey(runId, round, shard, clientId, sha256)).map(ByteBuffer::wrap);
    }

    /** Those that counted and those that did not: the round is folded, nobody asks for them again. */
    void dropRound(String runId, int round) {
        String indexed = RunStore.key(runId, "held", round, "");
        String stored = RunStore.key(runId, "update", round, "");
        for (String key : index.keys(indexed)) {
            index.delete(key);
            payloads.delete(stored + key.substring(indexed.length()));
        }
    }

    private static String indexKey(String runId, int round, int shard, String clientId, String sha256) {
        return RunStore.key(runId, "held", round, shard, clientId, sha256);
    }

    private static String payloadKey(String runId, int round, int shard, String clientId, String sha256) {
        return RunStore.key(runId, "update", round, shard, clientId, sha256);
    }
}
