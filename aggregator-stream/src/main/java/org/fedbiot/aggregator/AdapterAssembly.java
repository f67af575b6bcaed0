package org.fedbiot.aggregator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.fedbiot.aggregator.fact.AdapterShardSeen;
import org.fedbiot.aggregator.fact.Origin;
import org.fedbiot.aggregator.fact.VersionProgress;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/** The shards of an adapter version become its manifest, once, as soon as the last of them is there. */
public final class AdapterAssembly {

    /** What is known now, and the manifest if this shard was the last. */
    public record Step(VersionProgress progress, Optional<AdapterPublished> published) {
    }

    private AdapterAssembly() {
    }

    /** Nothing known yet. */
    public static VersionProgress start() {
        return VersionProgress.newBuilder().build();
    }

    /**
     * @throws IllegalArgumentException if the shard is of another number of shards or elements than those before, or
     *     the shards do not cover the vector without gap or overlap
     */
    public static Step add(VersionProgress progress, AdapterShardSeen shard) {
        boolean repeat = progress.getSeen().stream().anyMatch(seen -> seen.getShard() == shard.getShard());
        if (progress.getPublished() || repeat) {
            return new Step(progress, Optional.empty());
        }
        List<AdapterShardSeen> seen = new ArrayList<>(progress.getSeen());
        seen.add(shard);
        seen.sort(Comparator.comparingInt(AdapterShardSeen::getShard));
        if (seen.stream().anyMatch(one -> !sameVector(one, shard))) {
            throw new IllegalArgumentException(name(shard) + " is of " + shard.getShards() + " shards and "
                    + shard.getElements() + " elements, other shards of this version are not");
        }
        if (seen.size() < shard.getShards()) {
            return new Step(VersionProgress.newBuilder().setSeen(seen).build(), Optional.empty());
        }
        requireCover(seen);
        VersionProgress done = VersionProgress.newBuilder().setPublished(true).build();
        return new Step(done, Optional.of(manifest(seen)));
    }

    /** Where the record lies that the shard came in. */
    public static Origin origin(AdapterShardSeen shard) {
        return Origin.newBuilder()
                .setTopic(Topics.ADAPTER_SHARD.name())
                .setPartition(shard.getPartition())
                .setOffset(shard.getOffset())
                .setKey(EventKeys.adapterShard(shard.getRunId(), shard.getVersion(), shard.getShard()))
                .setSha256(shard.getRecordSha256())
                .setBytes(shard.getRecordBytes())
                .build();
    }

    private static boolean sameVector(AdapterShardSeen one, AdapterShardSeen other) {
        return one.getShards() == other.getShards() && one.getElements() == other.getElements();
    }

    private static void requireCover(List<AdapterShardSeen> seen) {
        int next = 0;
        for (AdapterShardSeen shard : seen) {
            if (shard.getStart() != next) {
                throw new IllegalArgumentException(
                        name(shard) + " starts at element " + shard.getStart() + ", not at " + next);
            }
            next += shard.getBytes() / Float.BYTES;
        }
        if (next != seen.get(0).getElements()) {
            throw new IllegalArgumentException(name(seen.get(0)) + ": all shards have " + next + " elements, not "
                    + seen.get(0).getElements());
        }
    }

    private static AdapterPublished manifest(List<AdapterShardSeen> seen) {
        AdapterShardSeen first = seen.get(0);
        return AdapterPublished.newBuilder()
                .setRunId(first.getRunId())
                .setVersion(first.getVersion())
                .setRound(first.getRound())
                .setSha256(Sha256.ofHashes(seen.stream().map(AdapterShardSeen::getSha256).toList()))
                .setElements(first.getElements())
                .setShards(seen.stream().map(AdapterAssembly::reference).toList())
                .build();
    }

    private static ShardRef reference(AdapterShardSeen shard) {
        return ShardRef.newBuilder()
                .setShard(shard.getShard())
                .setSha256(shard.getSha256())
                .setBytes(shard.getBytes())
                .setPartition(shard.getPartition())
                .setOffset(shard.getOffset())
                .build();
    }

    private static String name(AdapterShardSeen shard) {
        return "run " + shard.getRunId() + ", adapter version " + shard.getVersion() + ", shard " + shard.getShard();
    }
}
