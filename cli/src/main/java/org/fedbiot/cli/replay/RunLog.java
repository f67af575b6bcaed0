package org.fedbiot.cli.replay;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.report.RunIds;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunDeleted;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * What the topics hold of one run, record by record: decisions and manifests whole, payloads only by hash and place, so
 * that it stays small however large the updates are. Not thread-safe.
 */
final class RunLog {

    /** A payload's hash and where it lies. */
    record Payload(String sha256, Place place) {
    }

    private record UpdateKey(int round, String clientId) {
    }

    private record UpdateShardKey(int round, String clientId, int shard) {
    }

    private record AdapterShardKey(int version, int shard) {
    }

    private final String runId;
    private final Set<String> runs = new TreeSet<>();
    private final List<Located<SpecificRecord>> decisions = new ArrayList<>();
    private final SortedMap<Integer, List<Located<AdapterPublished>>> versions = new TreeMap<>();
    private final Map<UpdateKey, List<Located<UpdateManifest>>> manifests = new HashMap<>();
    private final Map<UpdateShardKey, List<Payload>> updateShards = new HashMap<>();
    private final Map<AdapterShardKey, List<Payload>> adapterShards = new HashMap<>();
    private final Map<String, List<Located<ServerMoment>>> inherited = new HashMap<>();
    private final List<Place> trimmed = new ArrayList<>();

    RunLog(String runId) {
        this.runId = runId;
    }

    /** Takes a record; of other runs only that they are there. */
    void add(Place place, SpecificRecord event) {
        if (event instanceof RunAccepted accepted) {
            runs.add(accepted.getRunId());
        }
        if (!runId.equals(RunIds.of(event))) {
            return;
        }
        if (place.topic().equals(Topics.DECISION.name())) {
            decisions.add(new Located<>(event, place));
        } else if (event instanceof AdapterPublished published) {
            versions.computeIfAbsent(published.getVersion(), version -> new ArrayList<>())
                    .add(new Located<>(published, place));
        } else if (event instanceof UpdateManifest manifest) {
            manifests.computeIfAbsent(new UpdateKey(manifest.getRound(), manifest.getClientId()),
                    key -> new ArrayList<>()).add(new Located<>(manifest, place));
        } else if (event instanceof UpdateShard shard) {
            // Its own word for now: the bytes are hashed when they are used, and then the signature counts too.
            updateShards.computeIfAbsent(new UpdateShardKey(shard.getRound(), shard.getClientId(), shard.getShard()),
                    key -> new ArrayList<>()).add(new Payload(shard.getSha256(), place));
        } else if (event instanceof ServerMoment moment) {
            if (moment.getVersion() == 0) {
                inherited.computeIfAbsent(EventKeys.moment(runId, 0, moment.getShard(), moment.getMoment()),
                        key -> new ArrayList<>()).add(new Located<>(moment, place));
            }
        } else if (event instanceof AdapterShard shard) {
            adapterShards.computeIfAbsent(new AdapterShardKey(shard.getVersion(), shard.getShard()),
                    key -> new ArrayList<>()).add(new Payload(Sha256.of(shard.getData()), place));
        }
    }

    /** A partition no longer begins at its first record. */
    void trimmed(Place start) {
        trimmed.add(start);
    }

    String runId() {
        return runId;
    }

    /** All runs that the decision log names, this one too. */
    Set<String> runs() {
        return Set.copyOf(runs);
    }

    /** In the log's order. */
    List<Located<SpecificRecord>> decisions() {
        return List.copyOf(decisions);
    }

    /** The sha256 of the archive that holds the run, if the run was deleted. */
    Optional<String> deleted() {
        return decisions.stream().map(Located::event).filter(RunDeleted.class::isInstance).map(RunDeleted.class::cast)
                .map(RunDeleted::getArchiveSha256).findFirst();
    }

    /** Manifests of a version, in the order of the topic. */
    List<Located<AdapterPublished>> published(int version) {
        return List.copyOf(versions.getOrDefault(version, List.of()));
    }

    List<Located<UpdateManifest>> manifests(int round, String clientId) {
        return List.copyOf(manifests.getOrDefault(new UpdateKey(round, clientId), List.of()));
    }

    /** Whatever claims to be this shard of a client's update. */
    List<Payload> updateShards(int round, String clientId, int shard) {
        return List.copyOf(updateShards.getOrDefault(new UpdateShardKey(round, clientId, shard), List.of()));
    }

    List<Payload> adapterShards(int version, int shard) {
        return List.copyOf(adapterShards.getOrDefault(new AdapterShardKey(version, shard), List.of()));
    }

    /** Whether its first round goes on from server moments, which are in a topic of their own. */
    boolean inheritsMoments() {
        return decisions.stream().anyMatch(decision -> decision.event() instanceof RoundOpened opened
                && opened.getInheritsMoments());
    }

    /**
     * Whatever claims to be this moment of those that a fork starts with, in the order of the topic: whole, since the
     * fold holds all of them anyway.
     */
    List<Located<ServerMoment>> inherited(int shard, int moment) {
        return List.copyOf(inherited.getOrDefault(EventKeys.moment(runId, 0, shard, moment), List.of()));
    }

    /** The highest version of which there is a shard or a manifest. */
    Optional<Integer> highestVersion() {
        Collection<Integer> known = new TreeSet<>(versions.keySet());
        adapterShards.keySet().forEach(key -> known.add(key.version()));
        return known.stream().max(Integer::compare);
    }

    /** First offsets of partitions that no longer begin at 0. */
    List<Place> trimmed() {
        return List.copyOf(trimmed);
    }
}
