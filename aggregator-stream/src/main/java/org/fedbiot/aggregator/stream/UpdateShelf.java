package org.fedbiot.aggregator.stream;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.fedbiot.schemas.event.UpdateShard;

/**
 * Which screened shards of updates are here until their round is closed, and where each lies in the submit topic. The
 * payloads stay there: that topic is never compacted, so a copy of our own would only be written twice.
 */
final class UpdateShelf {

    /** What is known of a shard's signature. The order is part of the store's format. */
    enum Signature {
        GOOD, UNCHECKED, BAD
    }

    /**
     * One that is here.
     *
     * @param offset in this task's partition of the submit topic
     */
    record Held(String runId, int round, int shard, String clientId, String sha256, long offset,
            Signature signature) {

        private String key() {
            return UpdateShelf.key(runId, round, shard, clientId, sha256);
        }
    }

    private final RunStore index;

    UpdateShelf(RunStore index) {
        this.index = index;
    }

    boolean holds(String runId, int round, int shard, String clientId, String sha256) {
        return index.has(key(runId, round, shard, clientId, sha256));
    }

    /** Different shards of one client with the same number. */
    List<Held> variants(UpdateShard shard) {
        return held(key(shard.getRunId(), shard.getRound(), shard.getShard(), shard.getClientId(), ""));
    }

    List<Held> ofRound(String runId, int round) {
        return held(RunStore.key(runId, "held", round, ""));
    }

    List<Held> ofRun(String runId) {
        return held(RunStore.key(runId, "held", ""));
    }

    void put(UpdateShard shard, long offset, Signature signature) {
        put(new Held(shard.getRunId(), shard.getRound(), shard.getShard(), shard.getClientId(), shard.getSha256(),
                offset, signature));
    }

    /** In place of what was known of the same one. */
    void put(Held held) {
        index.put(held.key(), ByteBuffer.allocate(Long.BYTES + 1)
                .putLong(held.offset()).put((byte) held.signature().ordinal()).array());
    }

    /** In this task's partition of the submit topic. */
    Optional<Long> offset(String runId, int round, int shard, String clientId, String sha256) {
        return index.get(key(runId, round, shard, clientId, sha256)).map(bytes -> ByteBuffer.wrap(bytes).getLong());
    }

    /** Those that counted and those that did not: the round is folded, nobody asks for them again. */
    void dropRound(String runId, int round) {
        index.keys(RunStore.key(runId, "held", round, "")).forEach(index::delete);
    }

    private List<Held> held(String prefix) {
        return index.entries(prefix).stream().map(entry -> read(entry.key, entry.value)).toList();
    }

    private static Held read(String key, byte[] value) {
        String[] parts = key.split("/");
        ByteBuffer bytes = ByteBuffer.wrap(value);
        long offset = bytes.getLong();
        // An offset alone is of a release that looked at every signature first.
        Signature signature = bytes.hasRemaining() ? Signature.values()[bytes.get()] : Signature.GOOD;
        return new Held(parts[0], Integer.parseInt(parts[2]), Integer.parseInt(parts[3]), parts[4], parts[5], offset,
                signature);
    }

    private static String key(String runId, int round, int shard, String clientId, String sha256) {
        return RunStore.key(runId, "held", round, shard, clientId, sha256);
    }
}
