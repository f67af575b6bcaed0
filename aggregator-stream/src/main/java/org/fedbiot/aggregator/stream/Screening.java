package org.fedbiot.aggregator.stream;

import java.util.Optional;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.ManifestScreen;
import org.fedbiot.aggregator.Objection;
import org.fedbiot.aggregator.ShardFinding;
import org.fedbiot.aggregator.ShardScreen;
import org.fedbiot.aggregator.UpdateScreen;
import org.fedbiot.aggregator.fact.ManifestScreened;
import org.fedbiot.aggregator.fact.ShardScreened;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.wire.EventKeys;

/** Screens manifests and shards of rounds whose plan is here, and says so to whoever decides on whole updates. */
final class Screening {

    private final UpdateShelf shelf;
    private final Folding folding;
    private final Outbox outbox;
    private final int partition;
    private final int partitions;

    Screening(UpdateShelf shelf, Folding folding, Outbox outbox, int partition, int partitions) {
        this.shelf = shelf;
        this.folding = folding;
        this.outbox = outbox;
        this.partition = partition;
        this.partitions = partitions;
    }

    void manifest(Arrival arrival, UpdateManifest manifest, RoundOpened plan, Optional<ClosedRound> closed) {
        Optional<Objection> objection = ManifestScreen.screen(manifest, plan);
        objection.ifPresent(found -> outbox.deadLetter(arrival.origin(), found.text()));
        Optional<Objection> late = closed
                .filter(close -> !close.counts(manifest.getClientId(), manifest.getSha256()))
                .map(Screening::late);
        Optional<Objection> verdict = objection.or(() -> late);
        outbox.fact(EventKeys.client(manifest.getRunId(), manifest.getRound(), manifest.getClientId()),
                ManifestScreened.newBuilder()
                        .setRunId(manifest.getRunId())
                        .setRound(manifest.getRound())
                        .setClientId(manifest.getClientId())
                        .setUpdateSha256(manifest.getSha256())
                        .setShardSha256(manifest.getShardSha256())
                        .setDatasetSamples(manifest.getDatasetSamples())
                        .setProcessedSamples(manifest.getProcessedSamples())
                        .setMeanLoss(manifest.getMeanLoss())
                        .setFirstLoss(manifest.getFirstLoss())
                        .setLastLoss(manifest.getLastLoss())
                        .setMaxUpdateNorm(plan.getAggregation().getMaxUpdateNorm())
                        .setGenuine(verdict.map(Objection::genuine).orElse(true))
                        .setReason(verdict.map(found -> found.reason().name()).orElse(""))
                        .setDetail(verdict.map(Objection::detail).orElse(""))
                        .setOrigin(arrival.origin())
                        .build());
    }

    void shard(Arrival arrival, UpdateShard shard, RoundOpened plan, Optional<ClosedRound> closed) {
        // The signature does not cover the partition, so a copy of a good shard may turn up in a wrong one.
        if (Math.floorMod(shard.getShard(), partitions) != partition) {
            throw new UnusableRecordException("shard " + shard.getShard() + " belongs in partition "
                    + Math.floorMod(shard.getShard(), partitions));
        }
        ShardFinding finding = ShardScreen.screen(shard, plan);
        if (finding.objection().isPresent()) {
            Objection objection = finding.objection().get();
            outbox.deadLetter(arrival.origin(), objection.text());
            if (objection.genuine()) {
                tell(shard, 0, Optional.of(objection));
            }
            return;
        }
        boolean listed = closed
                .filter(close -> close.countsShard(shard.getClientId(), shard.getShard(), shard.getSha256()))
                .isPresent();
        if (closed.isPresent() && !listed) {
            tell(shard, 0, Optional.of(late(closed.get())));
        } else if (!isRepeat(shard, closed)) {
            keep(arrival, shard, finding, listed);
            closed.ifPresent(close -> folding.foldIfComplete(close, shard.getShard()));
        }
    }

    private boolean isRepeat(UpdateShard shard, Optional<ClosedRound> closed) {
        return closed.filter(close -> folding.isFolded(close.event(), shard.getShard())).isPresent()
                || shelf.holds(shard.getRunId(), shard.getRound(), shard.getShard(), shard.getClientId(),
                        shard.getSha256());
    }

    private void keep(Arrival arrival, UpdateShard shard, ShardFinding finding, boolean listed) {
        int variants =
                shelf.variants(shard.getRunId(), shard.getRound(), shard.getShard(), shard.getClientId());
        if (variants >= UpdateScreen.MAX_VARIANTS && !listed) {
            throw new UnusableRecordException("client " + shard.getClientId() + " already has " + variants
                    + " different shards " + shard.getShard() + " in round " + shard.getRound());
        }
        shelf.put(shard, arrival.offset());
        tell(shard, finding.squaredNorm(), Optional.empty());
    }

    private void tell(UpdateShard shard, double squaredNorm, Optional<Objection> objection) {
        outbox.fact(EventKeys.client(shard.getRunId(), shard.getRound(), shard.getClientId()),
                ShardScreened.newBuilder()
                        .setRunId(shard.getRunId())
                        .setRound(shard.getRound())
                        .setClientId(shard.getClientId())
                        .setShard(shard.getShard())
                        .setSha256(shard.getSha256())
                        .setSquaredNorm(squaredNorm)
                        .setReason(objection.map(found -> found.reason().name()).orElse(""))
                        .setDetail(objection.map(Objection::detail).orElse(""))
                        .build());
    }

    private static Objection late(ClosedRound closed) {
        return new Objection(RejectReason.LATE,
                "round " + closed.event().getRound() + " was closed without this update", true);
    }
}
