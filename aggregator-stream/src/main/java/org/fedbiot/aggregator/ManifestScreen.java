package org.fedbiot.aggregator;

import java.util.List;
import java.util.Optional;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.integrity.CanonicalBytes;
import org.fedbiot.schemas.integrity.Sha256;

/** An update's manifest against its round's plan, by itself. */
public final class ManifestScreen {

    private ManifestScreen() {
    }

    /** @param manifest of the plan's run and round */
    public static Optional<Objection> screen(UpdateManifest manifest, RoundOpened plan) {
        return Authorship
                .objection(plan, manifest.getClientId(), manifest.getKeyId(), CanonicalBytes.of(manifest),
                        manifest.getSignature())
                .or(() -> baseObjection(manifest, plan))
                .or(() -> shapeObjection(manifest, plan))
                .or(() -> hashObjection(manifest))
                .or(() -> scalarObjection(manifest));
    }

    private static Optional<Objection> baseObjection(UpdateManifest manifest, RoundOpened plan) {
        if (!manifest.getBaseSha256().equals(plan.getBaseSha256())) {
            return unfit(RejectReason.WRONG_BASE_VERSION, "trained on base " + manifest.getBaseSha256()
                    + ", the round announced " + plan.getBaseSha256());
        }
        return new TrainedAgainst(manifest.getAdapterVersion(), manifest.getAdapterSha256(),
                manifest.getEmulatorVersion(), manifest.getEmulatorSha256()).objection(plan);
    }

    private static Optional<Objection> shapeObjection(UpdateManifest manifest, RoundOpened plan) {
        int shards = manifest.getShardSha256().size();
        return manifest.getElements() == plan.getAdapterElements() && shards == plan.getAdapterShards()
                ? Optional.empty()
                : unfit(RejectReason.WRONG_SHAPE, manifest.getElements() + " elements in " + shards
                        + " shards, the round has " + plan.getAdapterElements() + " in " + plan.getAdapterShards());
    }

    private static Optional<Objection> hashObjection(UpdateManifest manifest) {
        String found = hashOf(manifest.getShardSha256());
        return found.equals(manifest.getSha256())
                ? Optional.empty()
                : unfit(RejectReason.HASH_MISMATCH,
                        "says sha256 " + manifest.getSha256() + ", its shard hashes give " + found);
    }

    private static String hashOf(List<String> shardHashes) {
        try {
            return Sha256.ofHashes(shardHashes);
        } catch (IllegalArgumentException notHashes) {
            return "none: " + notHashes.getMessage();
        }
    }

    private static Optional<Objection> scalarObjection(UpdateManifest manifest) {
        // These are what an update can weigh, so they must be positive.
        if (manifest.getDatasetSamples() < 1 || manifest.getProcessedSamples() < 1) {
            return unfit(RejectReason.WRONG_SHAPE, "datasetSamples " + manifest.getDatasetSamples()
                    + " and processedSamples " + manifest.getProcessedSamples() + " must be positive");
        }
        boolean finite = Double.isFinite(manifest.getMeanLoss()) && Double.isFinite(manifest.getFirstLoss())
                && Double.isFinite(manifest.getLastLoss());
        return finite ? Optional.empty() : unfit(RejectReason.NOT_FINITE, "losses mean " + manifest.getMeanLoss()
                + ", first " + manifest.getFirstLoss() + ", last " + manifest.getLastLoss());
    }

    private static Optional<Objection> unfit(RejectReason reason, String detail) {
        return Optional.of(Objection.unfit(reason, detail));
    }
}
