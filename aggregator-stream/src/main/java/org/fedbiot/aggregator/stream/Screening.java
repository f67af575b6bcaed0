package org.fedbiot.aggregator.stream;

import java.util.List;
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
    private final UncheckedShards unchecked;
    private final Folding folding;
    private final Outbox outbox;
    private final int partition;
    private final int partitions;

    Screening(UpdateShelf shelf, UncheckedShards unchecked, Folding folding, Outbox outbox, int partition,
            int partitions) {
        this.shelf = shelf;
        this.unchecked = unchecked;
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

    /**
     * A signature costs more than all else, and a client's manifest is signed and lists its shards' hashes. So the
     * first shard with its number is taken without a look at its own. Any other in the client's name is looked at
     * before it can use up the client's bounds or say that something is wrong with the client's update, and what was
     * taken without is then as well.
     */
    void shard(Arrival arrival, UpdateShard shard, RoundOpened plan, Optional<ClosedRound> closed) {
        // The signature does not cover the partition, so a copy of a good shard may turn up in a wrong one.
        if (Math.floorMod(shard.getShard(), partitions) != partition) {
            throw new UnusableRecordException("shard " + shard.getShard() + " belongs in partition "
                    + Math.floorMod(shard.getShard(), partitions));
        }
        List<UpdateShelf.Held> known = shelf.variants(shard);
        boolean listed = closed
                .filter(close -> close.countsShard(shard.getClientId(), shard.getShard(), shard.getSha256()))
                .isPresent();
        boolean repeat = closed.filter(close -> folding.isFolded(close.event(), shard.getShard())).isPresent()
                || known.stream().anyMatch(held -> held.sha256().equals(shard.getSha256()));
        boolean unsigned = closed.isPresent() ? listed && !repeat : known.isEmpty();
        ShardFinding finding =
                unsigned ? ShardScreen.screenUnsigned(shard, plan) : ShardScreen.screen(shard, plan);
        if (finding.objection().isPresent()) {
            Objection objection = finding.objection().get();
            outbox.deadLetter(arrival.origin(), objection.text());
            if (objection.genuine()) {
                tell(shard, 0, Optional.of(objection));
            }
        } else if (closed.isPresent() && !listed) {
            tell(shard, 0, Optional.of(late(closed.get())));
        } else if (!repeat) {
            if (!listed) {
                checkBound(shard, known.stream().map(held -> unchecked.check(held, plan)).toList());
            }
            shelf.put(shard, arrival.offset(),
                    unsigned && !listed ? UpdateShelf.Signature.UNCHECKED : UpdateShelf.Signature.GOOD);
            tell(shard, finding.squaredNorm(), Optional.empty());
            closed.ifPresent(close -> folding.foldIfComplete(close, shard.getShard()));
        }
    }

    private static void checkBound(UpdateShard shard, List<UpdateShelf.Held> known) {
        long variants = known.stream().filter(held -> held.signature() != UpdateShelf.Signature.BAD).count();
        if (variants >= UpdateScreen.MAX_VARIANTS) {
            throw new UnusableRecordException("client " + shard.getClientId() + " already has " + variants
                    + " different shards " + shard.getShard() + " in round " + shard.getRound());
        }
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
