package org.fedbiot.cli.replay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.ShardFold;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;

/** Adapter versions one after the other, each folded onto the one before, with the server optimiser's state between. */
final class Lineage {

    private final ShardPlan cut;
    private final List<Optional<float[]>> serverState;
    private float[] values;
    private String sha256;

    /** Starts without any server optimiser's state. */
    Lineage(ShardPlan cut, float[] initial) {
        this(cut, initial, Collections.nCopies(cut.shards(), Optional.empty()));
    }

    /**
     * @param initial version 0
     * @param serverState by shard, what its first fold goes on from
     */
    Lineage(ShardPlan cut, float[] initial, List<Optional<float[]>> serverState) {
        this.cut = Objects.requireNonNull(cut, "cut");
        this.values = initial.clone();
        this.serverState = new ArrayList<>(serverState);
        this.sha256 = Sha256.ofHashes(shardHashes());
    }

    /**
     * Folds the next version.
     *
     * @throws IllegalArgumentException if the close is of another cut, or its rule cannot be applied
     */
    void fold(ClosedRound closed, RoundUpdates updates) {
        if (!closed.cut().equals(cut)) {
            throw new IllegalArgumentException("the close cuts the adapter by " + closed.cut()
                    + ", version 0 was cut by " + cut);
        }
        float[] next = new float[values.length];
        for (int shard = 0; shard < cut.shards(); shard++) {
            float[] base = Arrays.copyOfRange(values, cut.start(shard), cut.end(shard));
            ShardFold.Folded folded = ShardFold.fold(closed, shard, base, serverState.get(shard),
                    updates.shard(shard));
            System.arraycopy(folded.values(), 0, next, cut.start(shard), base.length);
            serverState.set(shard, folded.serverState());
        }
        values = next;
        sha256 = Sha256.ofHashes(shardHashes());
    }

    /** Of the newest version, over its ordered shard hashes. */
    String sha256() {
        return sha256;
    }

    List<String> shardHashes() {
        return shards().stream().map(Sha256::of).toList();
    }

    /** Of the newest version, little-endian. */
    List<ByteBuffer> shards() {
        return cut.cut(values);
    }

    ShardPlan cut() {
        return cut;
    }

    /** Of the newest version; a copy. */
    float[] values() {
        return values.clone();
    }

    ByteBuffer bytes() {
        return LittleEndian.bytes(values, 0, values.length);
    }
}
