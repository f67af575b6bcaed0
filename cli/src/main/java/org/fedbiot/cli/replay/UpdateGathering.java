package org.fedbiot.cli.replay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.aggregator.ManifestScreen;
import org.fedbiot.aggregator.Objection;
import org.fedbiot.aggregator.ShardFinding;
import org.fedbiot.aggregator.ShardScreen;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.payload.ShardCodec;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.version.PayloadLog;

/**
 * Fetches the updates that counted in a round and screens each of them again as the aggregator did: signature by the
 * key that the round called the client with, base versions, shapes, hashes, finite, norm. One thread at a time.
 */
final class UpdateGathering {

    /** A shard of an update. */
    private record Slot(String clientId, int shard) {
    }

    private final RunLog log;
    private final PayloadLog shards;
    private final Consumer<Finding> findings;

    /** @param shards the topic of update shards */
    UpdateGathering(RunLog log, PayloadLog shards, Consumer<Finding> findings) {
        this.log = log;
        this.shards = shards;
        this.findings = findings;
    }

    /**
     * All of them, verified.
     *
     * @return empty if one is not as it must be, with a finding for each that is not
     * @throws InterruptedException if the thread is interrupted while it reads
     */
    Optional<RoundUpdates> gather(RoundHistory round, ClosedRound closed) throws InterruptedException {
        boolean complete = true;
        for (CountedUpdate update : closed.counted()) {
            complete &= checkManifest(round, update);
        }
        RoundUpdates updates = new RoundUpdates(closed);
        boolean kept = false;
        try {
            Map<Slot, Double> norms = new LinkedHashMap<>();
            complete &= fetch(round, closed, updates, norms);
            complete = complete && checkNorms(round, closed, norms);
            kept = complete;
            return complete ? Optional.of(updates) : Optional.empty();
        } finally {
            if (!kept) {
                updates.close();
            }
        }
    }

    private boolean checkManifest(RoundHistory round, CountedUpdate update) {
        String client = update.getClientId();
        String name = "the manifest of client " + client + " with sha256 "
                + update.getUpdateSha256();
        List<Located<UpdateManifest>> claims = log.manifests(round.number(), client).stream()
                .filter(manifest -> manifest.event().getSha256().equals(update.getUpdateSha256())).toList();
        List<Located<UpdateManifest>> genuine = claims.stream()
                .filter(manifest -> objection(round, manifest.event()).isEmpty()).toList();
        if (genuine.isEmpty()) {
            findings.accept(claims.isEmpty()
                    ? Finding.hole(round.number(), name + " is not in topic " + Topics.UPDATE_MANIFEST.name()
                            + ", key " + EventKeys.client(log.runId(), round.number(), client))
                    : Finding.otherBytes(round.number(), name + " does not pass: " + claims.get(0).place() + ": "
                            + objection(round, claims.get(0).event()).orElseThrow().text()));
            return false;
        }
        UpdateAccepted verdict = round.accepted().get(client);
        if (verdict != null && genuine.stream().noneMatch(manifest -> says(manifest.event(), verdict))) {
            findings.accept(Finding.brokenRule(round.number(), name + " at " + genuine.get(0).place()
                    + " says other samples, losses or shards than the verdict that accepted it"));
            return false;
        }
        return true;
    }

    /** None if it passes by one of the openings that called its client. */
    private static Optional<Objection> objection(RoundHistory round, UpdateManifest manifest) {
        List<Optional<Objection>> objections = round.openingsFor(manifest.getClientId()).stream()
                .map(opening -> ManifestScreen.screen(manifest, opening)).toList();
        return objections.contains(Optional.<Objection>empty()) ? Optional.empty()
                : objections.get(objections.size() - 1);
    }

    private static boolean says(UpdateManifest manifest, UpdateAccepted verdict) {
        return manifest.getShardSha256().equals(verdict.getShardSha256())
                && manifest.getDatasetSamples() == verdict.getDatasetSamples()
                && manifest.getProcessedSamples() == verdict.getProcessedSamples()
                && manifest.getMeanLoss() == verdict.getMeanLoss()
                && manifest.getFirstLoss() == verdict.getFirstLoss()
                && manifest.getLastLoss() == verdict.getLastLoss();
    }

    private boolean fetch(RoundHistory round, ClosedRound closed, RoundUpdates updates, Map<Slot, Double> norms)
            throws InterruptedException {
        Map<Slot, String> wanted = new LinkedHashMap<>();
        for (CountedUpdate update : closed.counted()) {
            for (int shard = 0; shard < closed.cut().shards(); shard++) {
                wanted.put(new Slot(update.getClientId(), shard), update.getShardSha256().get(shard));
            }
        }
        List<PayloadLog.Place> places = wanted.entrySet().stream()
                .flatMap(slot -> claims(round, slot.getKey()).stream()
                        .filter(claim -> claim.sha256().equals(slot.getValue())))
                .map(claim -> new PayloadLog.Place(claim.place().partition(), claim.place().offset())).toList();
        Map<Slot, String> objections = new LinkedHashMap<>();
        shards.readAt(places, record -> {
            take(round, record, wanted, updates, norms, objections);
            return norms.size() < wanted.size();
        });
        List<Slot> missing = wanted.keySet().stream().filter(slot -> !norms.containsKey(slot)).toList();
        missing.forEach(slot -> findings.accept(missing(round, slot, wanted.get(slot), objections)));
        return missing.isEmpty();
    }

    private List<RunLog.Payload> claims(RoundHistory round, Slot slot) {
        return log.updateShards(round.number(), slot.clientId(), slot.shard());
    }

    private void take(RoundHistory round, ConsumerRecord<String, SpecificRecord> record, Map<Slot, String> wanted,
            RoundUpdates updates, Map<Slot, Double> norms, Map<Slot, String> objections) {
        if (!(record.value() instanceof UpdateShard shard)) {
            return;
        }
        Slot slot = new Slot(shard.getClientId(), shard.getShard());
        if (!shard.getSha256().equals(wanted.get(slot)) || norms.containsKey(slot)) {
            return;
        }
        ShardFinding finding = round.openingsFor(shard.getClientId()).stream()
                .map(opening -> ShardScreen.screenUnsigned(shard, opening))
                .reduce((one, other) -> one.objection().isEmpty() ? one : other).orElseThrow();
        if (finding.objection().isPresent()) {
            objections.put(slot, new Place(record.topic(), record.partition(), record.offset()) + ": "
                    + finding.objection().map(Objection::text).orElseThrow());
            return;
        }
        updates.put(slot.clientId(), slot.shard(), ShardCodec.of(shard.getCodec()).decode(shard.getData()));
        norms.put(slot, finding.squaredNorm());
    }

    private Finding missing(RoundHistory round, Slot slot, String sha256, Map<Slot, String> objections) {
        String name = "shard " + slot.shard() + " of client " + slot.clientId()
                + " with sha256 " + sha256;
        if (objections.containsKey(slot)) {
            return Finding.otherBytes(round.number(), name + " does not pass: " + objections.get(slot));
        }
        List<RunLog.Payload> others = claims(round, slot).stream()
                .filter(claim -> !claim.sha256().equals(sha256)).toList();
        return others.isEmpty()
                ? Finding.hole(round.number(), name + " is not in topic " + Topics.UPDATE_SHARD.name() + ", key "
                        + EventKeys.shard(log.runId(), round.number(), slot.clientId(), slot.shard()))
                : Finding.otherBytes(round.number(), name + " is not in topic " + Topics.UPDATE_SHARD.name()
                        + "; what lies there has another hash: " + others.stream()
                        .map(other -> other.sha256() + " at " + other.place()).collect(Collectors.joining(", ")));
    }

    /** The norm is summed as screening summed it, shard by shard in order, so it must be the same number. */
    private boolean checkNorms(RoundHistory round, ClosedRound closed, Map<Slot, Double> norms) {
        List<String> wrong = new ArrayList<>();
        for (CountedUpdate update : closed.counted()) {
            UpdateAccepted verdict = round.accepted().get(update.getClientId());
            double squared = 0;
            for (int shard = 0; shard < closed.cut().shards(); shard++) {
                squared += norms.get(new Slot(update.getClientId(), shard));
            }
            double norm = Math.sqrt(squared);
            if (verdict != null && norm != verdict.getNorm()) {
                wrong.add("the update of client " + update.getClientId() + " has norm " + norm
                        + ", its verdict says " + verdict.getNorm());
            }
            double bound = round.opened().getAggregation().getMaxUpdateNorm();
            if (bound > 0 && norm > bound) {
                wrong.add("the update of client " + update.getClientId() + " has norm " + norm
                        + ", over aggregation.maxUpdateNorm " + bound);
            }
        }
        wrong.forEach(text -> findings.accept(Finding.brokenRule(round.number(), text)));
        return wrong.isEmpty();
    }
}
