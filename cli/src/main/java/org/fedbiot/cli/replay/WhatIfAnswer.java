package org.fedbiot.cli.replay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.VersionReplayed;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;

/** The versions that a question gives, worked out round by round beside the replay; on disk, since runs are long. */
final class WhatIfAnswer implements AutoCloseable {

    private final WhatIf question;
    private final Lineage lineage;
    private final VectorFile vectors;
    private final List<VersionReplayed> versions = new ArrayList<>();

    /** @param start the original before its first fold, where the answer starts too */
    WhatIfAnswer(WhatIf question, Lineage start) {
        this.question = question;
        this.lineage = start;
        this.vectors = new VectorFile(start.cut().elements());
    }

    /** @throws UserError if the round has too few updates left for the rule, or the rule cannot be applied */
    void fold(RoundHistory round, RoundUpdates updates) {
        String base = lineage.sha256();
        RoundClosed close = question.close(round, base);
        try {
            lineage.fold(ClosedRound.of(close), updates);
        } catch (IllegalArgumentException e) {
            throw new UserError("round " + round.number() + " of run " + question.originRunId()
                    + " cannot be folded by what was asked: " + e.getMessage(), e);
        }
        vectors.put(versions.size(), 0, lineage.bytes());
        List<ShardRef> shards = new ArrayList<>();
        for (ByteBuffer shard : lineage.shards()) {
            shards.add(ShardRef.newBuilder().setShard(shards.size()).setSha256(Sha256.of(shard))
                    .setBytes(shard.remaining()).build());
        }
        versions.add(VersionReplayed.newBuilder()
                .setRunId(question.runId())
                .setOriginRunId(question.originRunId())
                .setLabel(WhatIf.LABEL)
                .setRound(round.number())
                .setVersion(close.getNewAdapterVersion())
                .setBaseSha256(base)
                .setAggregation(question.aggregation())
                .setWithout(List.copyOf(question.without()))
                .setCounted(close.getCounted())
                .setSha256(lineage.sha256())
                .setElements(lineage.cut().elements())
                .setShards(shards)
                .build());
    }

    WhatIf question() {
        return question;
    }

    /** In order; their shards' places are not known before they are written. */
    List<VersionReplayed> versions() {
        return List.copyOf(versions);
    }

    /** One shard of one of the versions, little-endian. */
    ByteBuffer shard(VersionReplayed version, int shard) {
        int index = versions.indexOf(version);
        ShardPlan cut = lineage.cut();
        return vectors.range(index, cut.start(shard), cut.end(shard));
    }

    ShardPlan cut() {
        return lineage.cut();
    }

    /** Of the last version; a copy. */
    float[] values() {
        return lineage.values();
    }

    @Override
    public void close() {
        vectors.close();
    }
}
