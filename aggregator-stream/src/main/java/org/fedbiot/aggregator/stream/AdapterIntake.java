package org.fedbiot.aggregator.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.fedbiot.aggregator.fact.AdapterShardSeen;
import org.fedbiot.aggregator.fact.Origin;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * Adapter shards as they stand in their topic: version 0 from a server worker, every later one from our own folding.
 * All of them are checked, kept as the next base, and reported with where they lie, so that every version is published
 * in one way.
 */
final class AdapterIntake {

    private final RunStore index;
    private final Folding folding;
    private final Outbox outbox;
    private final int partitions;

    AdapterIntake(RunStore index, Folding folding, Outbox outbox, int partitions) {
        this.index = index;
        this.folding = folding;
        this.outbox = outbox;
        this.partitions = partitions;
    }

    /**
     * @return the closed round that folds onto this shard, if there is one already
     * @throws UnusableRecordException if the shard is not what it says, or its version has other bytes
     */
    Optional<Integer> accept(Arrival arrival, AdapterShard shard) {
        if (index.ended(shard.getRunId())) {
            return Optional.empty();
        }
        String key = RunStore.key(shard.getRunId(), "seen", shard.getVersion(), shard.getShard());
        try {
            check(arrival, shard);
        } catch (UnusableRecordException e) {
            // A version's writer writes each shard once: where this one is not there yet, it will never be.
            throw index.has(key) ? e
                    : new UnfitVersionException(shard.getRunId(), shard.getVersion(), shard.getRound(), e);
        }
        Optional<String> known = index.get(key).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        if (known.isPresent()) {
            if (!known.get().equals(shard.getSha256())) {
                throw new UnusableRecordException("CONFLICT: run " + shard.getRunId() + ", adapter version "
                        + shard.getVersion() + " already has shard " + shard.getShard() + " with sha256 "
                        + known.get());
            }
            return Optional.empty();
        }
        index.put(key, shard.getSha256().getBytes(StandardCharsets.UTF_8));
        folding.putBase(shard);
        outbox.fact(EventKeys.version(shard.getRunId(), shard.getVersion()), seen(arrival, shard));
        if (shard.getShard() + partitions >= shard.getShards()) {
            // The last one here: the version is as good as published.
            outbox.commit();
        }
        return folding.roundOnto(shard.getRunId(), shard.getVersion());
    }

    /**
     * Moments that a fork starts with. Those of later versions are our own, which the store has already.
     *
     * @return what is wrong with the bytes of one, which is kept too: without another the version cannot be folded
     * @throws UnusableRecordException if the record lies where nobody looks for it
     */
    Optional<UnusableRecordException> accept(Arrival arrival, ServerMoment moment) {
        checkPlace(arrival, moment.getShard());
        try {
            checkHash(moment.getSha256(), moment.getData());
        } catch (UnusableRecordException flaw) {
            folding.putFlaw(moment, flaw.getMessage());
            return Optional.of(flaw);
        }
        folding.putMoment(moment);
        return Optional.empty();
    }

    private void check(Arrival arrival, AdapterShard shard) {
        checkHash(shard.getSha256(), shard.getData());
        int bytes = shard.getData().remaining();
        boolean inside = shard.getShard() >= 0 && shard.getShard() < shard.getShards() && shard.getStart() >= 0
                && (long) shard.getStart() + bytes / Float.BYTES <= shard.getElements();
        if (!inside || bytes % Float.BYTES != 0) {
            throw new UnusableRecordException("WRONG_SHAPE: shard " + shard.getShard() + " of " + shard.getShards()
                    + ", from element " + shard.getStart() + ", " + bytes + " bytes, of " + shard.getElements()
                    + " elements");
        }
        checkPlace(arrival, shard.getShard());
    }

    private static void checkHash(String said, ByteBuffer data) {
        String found = Sha256.of(data);
        if (!found.equals(said)) {
            throw new UnusableRecordException("HASH_MISMATCH: says sha256 " + said + ", its bytes have " + found);
        }
    }

    private void checkPlace(Arrival arrival, int shard) {
        if (Math.floorMod(shard, partitions) != arrival.partition()) {
            throw new UnusableRecordException("shard " + shard + " belongs in partition "
                    + Math.floorMod(shard, partitions));
        }
    }

    private static AdapterShardSeen seen(Arrival arrival, AdapterShard shard) {
        Origin origin = arrival.origin();
        return AdapterShardSeen.newBuilder()
                .setRunId(shard.getRunId())
                .setVersion(shard.getVersion())
                .setRound(shard.getRound())
                .setShard(shard.getShard())
                .setShards(shard.getShards())
                .setStart(shard.getStart())
                .setElements(shard.getElements())
                .setSha256(shard.getSha256())
                .setBytes(shard.getData().remaining())
                .setPartition(arrival.partition())
                .setOffset(arrival.offset())
                .setRecordSha256(origin.getSha256())
                .setRecordBytes(origin.getBytes())
                .build();
    }
}
