package org.fedbiot.cli.replay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.version.PayloadLog;

/** The adapter versions as their topics hold them, against what the coordinator recorded of each. */
final class AdapterShards {

    private final RunLog log;
    private final PayloadLog shards;
    private final Consumer<Finding> findings;

    /** @param shards the topic of adapter shards */
    AdapterShards(RunLog log, PayloadLog shards, Consumer<Finding> findings) {
        this.log = log;
        this.shards = shards;
        this.findings = findings;
    }

    /** Whether manifest and shards of a recorded version lie in their topics, and nothing else under its name. */
    boolean check(AdapterPublished recorded) {
        return checkManifest(recorded) & checkShards(recorded);
    }

    private boolean checkManifest(AdapterPublished recorded) {
        int version = recorded.getVersion();
        String name = "adapter version " + version;
        boolean found = false;
        boolean sound = true;
        for (Located<AdapterPublished> manifest : log.published(version)) {
            boolean same = manifest.event().equals(recorded);
            found |= same;
            if (!same) {
                sound = report(Finding.otherBytes(recorded.getRound(), manifest.place() + ": " + name
                        + " is published with sha256 " + manifest.event().getSha256() + ", the coordinator recorded "
                        + recorded.getSha256()));
            }
        }
        if (!found) {
            sound = report(Finding.hole(recorded.getRound(), "the manifest of " + name + " with sha256 "
                    + recorded.getSha256() + " is not in topic " + Topics.ADAPTER_MANIFEST.name() + ", key "
                    + EventKeys.version(log.runId(), version)));
        }
        String whole = Sha256.ofHashes(recorded.getShards().stream().map(ShardRef::getSha256).toList());
        if (!whole.equals(recorded.getSha256())) {
            sound = report(Finding.brokenRule(recorded.getRound(), name + " is recorded with sha256 "
                    + recorded.getSha256() + ", its shard hashes give " + whole));
        }
        return sound;
    }

    private boolean checkShards(AdapterPublished recorded) {
        boolean sound = true;
        for (ShardRef ref : recorded.getShards()) {
            String name = "shard " + ref.getShard() + " of adapter version " + recorded.getVersion();
            boolean found = false;
            for (RunLog.Payload shard : log.adapterShards(recorded.getVersion(), ref.getShard())) {
                boolean same = shard.sha256().equals(ref.getSha256());
                found |= same;
                if (!same) {
                    sound = report(Finding.otherBytes(recorded.getRound(), shard.place() + ": " + name
                            + " has sha256 " + shard.sha256() + ", published is " + ref.getSha256()));
                }
            }
            if (!found) {
                sound = report(Finding.hole(recorded.getRound(), name + " with sha256 " + ref.getSha256()
                        + " is not in topic " + Topics.ADAPTER_SHARD.name() + ", key "
                        + EventKeys.adapterShard(log.runId(), recorded.getVersion(), ref.getShard())
                        + ", said to be at partition "
                        + ref.getPartition() + ", offset " + ref.getOffset()));
            }
        }
        return sound;
    }

    /**
     * The vector of a recorded version.
     *
     * @return empty if a shard is missing, which {@link #check} reports
     * @throws InterruptedException if the thread is interrupted while it reads
     */
    Optional<float[]> read(AdapterPublished recorded) throws InterruptedException {
        List<PayloadLog.Place> places = new ArrayList<>();
        List<Long> starts = new ArrayList<>();
        long bytes = 0;
        for (ShardRef ref : recorded.getShards()) {
            log.adapterShards(recorded.getVersion(), ref.getShard()).stream()
                    .filter(shard -> shard.sha256().equals(ref.getSha256())).findFirst()
                    .ifPresent(shard -> places.add(
                            new PayloadLog.Place(shard.place().partition(), shard.place().offset())));
            starts.add(bytes);
            bytes += ref.getBytes();
        }
        if (places.size() < recorded.getShards().size() || bytes != (long) recorded.getElements() * Float.BYTES) {
            return Optional.empty();
        }
        ByteBuffer vector = ByteBuffer.allocate((int) bytes);
        int[] left = {places.size()};
        shards.readAt(places, record -> {
            if (record.value() instanceof AdapterShard shard) {
                ByteBuffer data = shard.getData();
                vector.put(starts.get(shard.getShard()).intValue(), data, data.position(), data.remaining());
                left[0]--;
            }
            return left[0] > 0;
        });
        return left[0] > 0 ? Optional.empty() : Optional.of(LittleEndian.floats(vector));
    }

    private boolean report(Finding finding) {
        findings.accept(finding);
        return false;
    }
}
