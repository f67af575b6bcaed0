package org.fedbiot.aggregator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.aggregator.fact.ManifestScreened;
import org.fedbiot.aggregator.fact.ShardScreened;
import org.fedbiot.aggregator.fact.UpdateProgress;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;

/**
 * A whole update of one client and round: its manifest and the verdicts of its shards become one verdict.
 *
 * <p>The client's first genuine manifest is its update; the same one again is dropped, a different one is a conflict
 * of the later. Manifests that are not shown to be the client's are refused, once for each reason, and leave the
 * client's own update as it is: readers must not take such a refusal ({@code NOT_CALLED}, {@code BAD_SIGNATURE}) for
 * the client's answer.
 */
public final class UpdateScreen {

    /**
     * Different shards with the same number, and different updates, that are remembered for one client and round. A
     * client has one update; what it signs beyond that is its own loss, not our memory.
     */
    public static final int MAX_VARIANTS = 4;

    /**
     * @param progress what is known now
     * @param events verdicts and dead letters to send, in order
     */
    public record Step(UpdateProgress progress, List<SpecificRecord> events) {

        static Step none(UpdateProgress progress) {
            return new Step(progress, List.of());
        }
    }

    private UpdateScreen() {
    }

    /** Nothing known yet. */
    public static UpdateProgress start() {
        return UpdateProgress.newBuilder().build();
    }

    public static Step manifest(UpdateProgress progress, ManifestScreened manifest) {
        if (!manifest.getGenuine()) {
            return refuse(progress, manifest);
        }
        ManifestScreened first = progress.getManifest();
        if (first == null) {
            return decide(UpdateProgress.newBuilder(progress).setManifest(manifest).build());
        }
        return first.getUpdateSha256().equals(manifest.getUpdateSha256())
                ? Step.none(progress)
                : conflict(progress, manifest);
    }

    public static Step shard(UpdateProgress progress, ShardScreened shard) {
        List<ShardScreened> variants = progress.getShards().stream()
                .filter(known -> known.getShard() == shard.getShard())
                .toList();
        boolean repeat = variants.stream().anyMatch(known -> known.getSha256().equals(shard.getSha256()));
        // One more than those whose signatures were checked: the first may come from anybody.
        if (progress.getSettled() || repeat || variants.size() > MAX_VARIANTS) {
            return Step.none(progress);
        }
        List<ShardScreened> shards = with(progress.getShards(), shard);
        return decide(UpdateProgress.newBuilder(progress).setShards(shards).build());
    }

    private static Step refuse(UpdateProgress progress, ManifestScreened manifest) {
        if (progress.getRefused().contains(manifest.getReason())) {
            return Step.none(progress);
        }
        UpdateProgress told = UpdateProgress.newBuilder(progress)
                .setRefused(with(progress.getRefused(), manifest.getReason()))
                .build();
        return new Step(told, List.of(rejected(manifest, manifest.getReason(), manifest.getDetail())));
    }

    private static Step conflict(UpdateProgress progress, ManifestScreened later) {
        List<String> known = progress.getConflicts();
        if (known.contains(later.getUpdateSha256()) || known.size() >= MAX_VARIANTS) {
            return Step.none(progress);
        }
        String reason = RejectReason.CONFLICT.name();
        String detail = "the client's update of this round is " + progress.getManifest().getUpdateSha256();
        UpdateProgress told = UpdateProgress.newBuilder(progress)
                .setConflicts(with(known, later.getUpdateSha256()))
                .build();
        return new Step(told, List.of(rejected(later, reason, detail),
                DeadLetters.of(later.getOrigin(), reason + ": " + detail)));
    }

    private static Step decide(UpdateProgress progress) {
        ManifestScreened manifest = progress.getManifest();
        if (manifest == null) {
            return Step.none(progress);
        }
        if (!manifest.getReason().isEmpty()) {
            return settle(progress, rejected(manifest, manifest.getReason(), manifest.getDetail()));
        }
        double squaredNorm = 0;
        boolean complete = true;
        for (int index = 0; index < manifest.getShardSha256().size(); index++) {
            Optional<ShardScreened> shard = find(progress, index, manifest.getShardSha256().get(index));
            if (shard.filter(found -> !found.getReason().isEmpty()).isPresent()) {
                return settle(progress, rejected(manifest, shard.get().getReason(), shard.get().getDetail()));
            }
            complete &= shard.isPresent();
            squaredNorm += shard.map(ShardScreened::getSquaredNorm).orElse(0.0);
        }
        if (!complete) {
            return Step.none(progress);
        }
        double norm = Math.sqrt(squaredNorm);
        double bound = manifest.getMaxUpdateNorm();
        return settle(progress, bound > 0 && norm > bound
                ? rejected(manifest, RejectReason.NORM_EXCEEDED.name(), "norm " + (float) norm + " is over "
                        + (float) bound)
                : accepted(manifest, norm));
    }

    private static Optional<ShardScreened> find(UpdateProgress progress, int index, String sha256) {
        return progress.getShards().stream()
                .filter(shard -> shard.getShard() == index && shard.getSha256().equals(sha256))
                .findFirst();
    }

    private static Step settle(UpdateProgress progress, SpecificRecord verdict) {
        UpdateProgress settled = UpdateProgress.newBuilder(progress)
                .setSettled(true)
                .setShards(List.of())
                .build();
        return new Step(settled, List.of(verdict));
    }

    private static UpdateAccepted accepted(ManifestScreened manifest, double norm) {
        return UpdateAccepted.newBuilder()
                .setRunId(manifest.getRunId())
                .setRound(manifest.getRound())
                .setClientId(manifest.getClientId())
                .setUpdateSha256(manifest.getUpdateSha256())
                .setShardSha256(manifest.getShardSha256())
                .setDatasetSamples(manifest.getDatasetSamples())
                .setProcessedSamples(manifest.getProcessedSamples())
                .setNorm(norm)
                .setMeanLoss(manifest.getMeanLoss())
                .setFirstLoss(manifest.getFirstLoss())
                .setLastLoss(manifest.getLastLoss())
                .build();
    }

    private static UpdateRejected rejected(ManifestScreened manifest, String reason, String detail) {
        return UpdateRejected.newBuilder()
                .setRunId(manifest.getRunId())
                .setRound(manifest.getRound())
                .setClientId(manifest.getClientId())
                .setUpdateSha256(manifest.getUpdateSha256())
                .setReason(RejectReason.valueOf(reason))
                .setDetail(detail)
                .build();
    }

    private static <T> List<T> with(List<T> list, T element) {
        List<T> longer = new ArrayList<>(list);
        longer.add(element);
        return longer;
    }
}
