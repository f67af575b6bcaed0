package org.fedbiot.cli.archive;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.event.VersionReplayed;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * What a run's events say must be there, against what is: manifests that rounds were opened with, the chunks and shards
 * that manifests name, the updates that rounds counted, and the moments that folds left. Holds hashes, never payloads.
 */
final class NamedPayloads {

    /** What is wanted under this identity, in words: bytes with this hash, or a moment of this length. */
    private record Wanted(String topic, String identity, String what) {
    }

    private final Map<Wanted, String> named = new LinkedHashMap<>();
    private final Map<Wanted, String> leftByFolds = new LinkedHashMap<>();
    private final Set<Wanted> there = new HashSet<>();
    private final Map<Integer, RoundClosed> closes = new HashMap<>();
    private boolean foldsLeaveMoments;

    /**
     * @param momentsTrimmed whether the topic of server moments has lost its beginning; where it has not, and holds none
     *     that a fold of the run left, an older release folded, which left none
     */
    NamedPayloads(boolean momentsTrimmed) {
        this.foldsLeaveMoments = momentsTrimmed;
    }

    void add(Topic topic, String key, SpecificRecord event) {
        if (event instanceof TensorChunk chunk) {
            seen(topic, key, Sha256.of(chunk.getData()));
        } else if (event instanceof AdapterShard shard) {
            seen(topic, key, Sha256.of(shard.getData()));
        } else if (event instanceof UpdateShard shard) {
            seen(topic, EventKeys.shard(shard.getRunId(), shard.getRound(), shard.getClientId(), shard.getShard()),
                    Sha256.of(shard.getData()));
        } else if (event instanceof ServerMoment moment) {
            foldsLeaveMoments |= moment.getVersion() > 0;
            if (Sha256.of(moment.getData()).equals(moment.getSha256())) {
                there.add(moment(moment.getRunId(), moment.getVersion(), moment.getShard(), moment.getMoment(),
                        moment.getData().remaining()));
            }
        } else if (event instanceof UpdateManifest manifest) {
            seen(topic, EventKeys.client(manifest.getRunId(), manifest.getRound(), manifest.getClientId()),
                    manifest.getSha256());
        } else if (event instanceof BasePublished base) {
            seen(topic, EventKeys.run(base.getRunId()), base.getBaseSha256());
            base.getTensors().forEach(tensor -> chunks(Topics.EMULATOR_CHUNK, base.getRunId(), tensor.getChunks(),
                    "tensor " + tensor.getName() + " of the base model"));
            base.getFiles().forEach(file -> chunks(Topics.EMULATOR_CHUNK, base.getRunId(), file.getChunks(),
                    "file " + file.getName() + " of the base model"));
        } else if (event instanceof EmulatorPublished emulator) {
            seen(topic, EventKeys.version(emulator.getRunId(), emulator.getVersion()), emulator.getSha256());
            chunks(Topics.EMULATOR_CHUNK, emulator.getRunId(), emulator.getChunks(),
                    "emulator version " + emulator.getVersion());
        } else if (event instanceof AdapterPublished adapter && topic.equals(Topics.ADAPTER_MANIFEST)) {
            seen(topic, EventKeys.version(adapter.getRunId(), adapter.getVersion()), adapter.getSha256());
            adapter.getShards().forEach(shard -> name(Topics.ADAPTER_SHARD, EventKeys.adapterShard(adapter.getRunId(),
                    adapter.getVersion(), shard.getShard()), shard.getSha256(), "adapter version "
                    + adapter.getVersion() + place(shard.getPartition(), shard.getOffset())));
        } else if (event instanceof VersionReplayed version) {
            replayed(version);
        } else if (topic.equals(Topics.DECISION)) {
            decided(event);
        }
    }

    /** The first that is named and not there, with who names it and where it should lie. */
    Optional<String> hole() {
        Map<Wanted, String> wanted = new LinkedHashMap<>(named);
        if (foldsLeaveMoments) {
            wanted.putAll(leftByFolds);
        }
        List<Map.Entry<Wanted, String>> missing = wanted.entrySet().stream()
                .filter(one -> !there.contains(one.getKey())).toList();
        return missing.stream().findFirst().map(first -> first.getValue() + ": topic " + first.getKey().topic()
                + " has no record " + first.getKey().identity() + " " + first.getKey().what()
                + " (" + missing.size() + " missing of " + wanted.size() + " named)");
    }

    private void decided(SpecificRecord event) {
        if (event instanceof RoundOpened opened) {
            String who = "round " + opened.getRound() + " stands on it";
            String run = opened.getRunId();
            name(Topics.EMULATOR_MANIFEST, EventKeys.run(run), opened.getBaseSha256(), who);
            name(Topics.EMULATOR_MANIFEST, EventKeys.version(run, opened.getEmulatorVersion()),
                    opened.getEmulatorSha256(), who);
            name(Topics.ADAPTER_MANIFEST, EventKeys.version(run, opened.getAdapterVersion()),
                    opened.getAdapterSha256(), who);
        } else if (event instanceof RoundClosed closed) {
            closes.put(closed.getNewAdapterVersion(), closed);
            for (CountedUpdate update : closed.getCounted()) {
                String who = "round " + closed.getRound() + " counted the update of " + update.getClientId();
                name(Topics.UPDATE_MANIFEST, EventKeys.client(closed.getRunId(), closed.getRound(),
                        update.getClientId()), update.getUpdateSha256(), who);
                for (int shard = 0; shard < update.getShardSha256().size(); shard++) {
                    name(Topics.UPDATE_SHARD, EventKeys.shard(closed.getRunId(), closed.getRound(),
                            update.getClientId(), shard), update.getShardSha256().get(shard), who);
                }
            }
        } else if (event instanceof ServerTaskCompleted task && task.getAlignment() != null) {
            chunks(Topics.SERVER_CHUNK, task.getRunId(), task.getAlignment().getOptimiserState(),
                    "optimiser state of task " + task.getTaskId());
        } else if (event instanceof AdapterPublished adapter) {
            name(Topics.ADAPTER_MANIFEST, EventKeys.version(adapter.getRunId(), adapter.getVersion()),
                    adapter.getSha256(), "adapter version " + adapter.getVersion() + " was decided upon");
            Optional.ofNullable(closes.get(adapter.getVersion())).ifPresent(closed -> moments(adapter, closed));
        }
    }

    /** Of a version that came of its close; of any other, what it lacks may be the reason. */
    private void moments(AdapterPublished adapter, RoundClosed closed) {
        String run = adapter.getRunId();
        for (ShardRef shard : adapter.getShards()) {
            for (int moment = 0; moment < ClosedRound.inheritedMoments(closed); moment++) {
                named.put(moment(run, 0, shard.getShard(), moment, shard.getBytes()), "round " + closed.getRound()
                        + " was folded with it");
            }
            for (int moment = 0; moment < ClosedRound.moments(closed); moment++) {
                leftByFolds.put(moment(run, adapter.getVersion(), shard.getShard(), moment, shard.getBytes()),
                        "server moments of adapter version " + adapter.getVersion());
            }
        }
    }

    private static Wanted moment(String runId, int version, int shard, int moment, int bytes) {
        return new Wanted(Topics.SERVER_MOMENT.name(), EventKeys.moment(runId, version, shard, moment),
                "of " + bytes + " bytes that are what their hash says");
    }

    private void replayed(VersionReplayed version) {
        String run = version.getRunId();
        String who = "what-if version " + version.getVersion();
        seen(Topics.REPLAY_VERSION, EventKeys.version(run, version.getVersion()), version.getSha256());
        if (version.getVersion() > 1) {
            name(Topics.REPLAY_VERSION, EventKeys.version(run, version.getVersion() - 1), version.getBaseSha256(),
                    who + " was folded onto it");
        }
        version.getShards().forEach(shard -> name(Topics.REPLAY_SHARD, EventKeys.adapterShard(run, version.getVersion(),
                shard.getShard()), shard.getSha256(), who + place(shard.getPartition(), shard.getOffset())));
    }

    private void chunks(Topic topic, String runId, List<ChunkRef> chunks, String who) {
        chunks.forEach(chunk -> name(topic, EventKeys.chunk(runId, chunk.getSha256()), chunk.getSha256(),
                who + place(chunk.getPartition(), chunk.getOffset())));
    }

    private void name(Topic topic, String identity, String sha256, String who) {
        named.putIfAbsent(new Wanted(topic.name(), identity, "with sha256 " + sha256), who);
    }

    private void seen(Topic topic, String identity, String sha256) {
        there.add(new Wanted(topic.name(), identity, "with sha256 " + sha256));
    }

    private static String place(int partition, long offset) {
        return ", said to be at partition " + partition + ", offset " + offset;
    }
}
