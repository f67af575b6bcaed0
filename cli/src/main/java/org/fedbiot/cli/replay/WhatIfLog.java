package org.fedbiot.cli.replay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.VersionReplayed;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.TopicFold;
import org.fedbiot.worker.UnusableRecords;

/**
 * Writes an answer's versions to the log, shards before the event that names them, each once: what an earlier time of
 * asking wrote is recognised, also if it was cut off half-way.
 */
final class WhatIfLog {

    private static final short BROKERS_OWN_REPLICATION = -1;

    private final KafkaSettings kafka;

    WhatIfLog(KafkaSettings kafka) {
        this.kafka = kafka;
    }

    /**
     * Writes what is not there yet.
     *
     * @return how many versions were written; 0 if all were there
     * @throws UserError if the run id stands for something else in the log
     * @throws InterruptedException if the thread is interrupted while it reads
     */
    int write(WhatIfAnswer answer) throws InterruptedException {
        // A cluster older than these topics has none of them yet.
        try (Admin admin = Admin.create(kafka.admin())) {
            TopicCreation.createMissing(admin, BROKERS_OWN_REPLICATION);
        }
        List<VersionReplayed> missing = missing(answer.versions(), there(answer.question().runId()));
        try (EventProducer producer = new EventProducer(kafka, "fedbiot-replay-writer")) {
            for (VersionReplayed version : missing) {
                VersionReplayed placed = writeShards(producer, answer, version);
                producer.send(Topics.REPLAY_VERSION, EventKeys.version(version.getRunId(), version.getVersion()),
                        placed);
                producer.awaitAll();
            }
        }
        return missing.size();
    }

    private List<Located<VersionReplayed>> there(String runId) throws InterruptedException {
        List<Located<VersionReplayed>> there = new ArrayList<>();
        try (TopicFold fold = new TopicFold(
                new EventReader(kafka, "fedbiot-replay-versions", Topics.REPLAY_VERSION),
                UnusableRecords.logged("replay"), record -> {
                    if (record.value() instanceof VersionReplayed version && version.getRunId().equals(runId)) {
                        there.add(new Located<>(version,
                                new Place(record.topic(), record.partition(), record.offset())));
                    }
                })) {
            fold.readToEnd();
        }
        return there;
    }

    /** The versions that are not there, places apart. */
    static List<VersionReplayed> missing(List<VersionReplayed> versions, List<Located<VersionReplayed>> there) {
        Map<Integer, VersionReplayed> wanted = new TreeMap<>();
        versions.forEach(version -> wanted.put(version.getVersion(), version));
        for (Located<VersionReplayed> known : there) {
            VersionReplayed asked = wanted.get(known.event().getVersion());
            boolean same = versions.stream().anyMatch(version -> version.equals(withoutPlaces(known.event())));
            if (!same) {
                throw new UserError("run id " + known.event().getRunId() + " is taken by another what-if: "
                        + known.place() + " has version " + known.event().getVersion() + " of it with sha256 "
                        + known.event().getSha256() + "; choose another with --run-id");
            }
            if (asked != null) {
                wanted.remove(asked.getVersion());
            }
        }
        return List.copyOf(wanted.values());
    }

    private static VersionReplayed withoutPlaces(VersionReplayed version) {
        return VersionReplayed.newBuilder(version).setShards(version.getShards().stream()
                .map(shard -> ShardRef.newBuilder().setShard(shard.getShard()).setSha256(shard.getSha256())
                        .setBytes(shard.getBytes()).build()).toList()).build();
    }

    private static VersionReplayed writeShards(EventProducer producer, WhatIfAnswer answer, VersionReplayed version) {
        List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
        for (ShardRef ref : version.getShards()) {
            int shard = ref.getShard();
            ByteBuffer data = answer.shard(version, shard);
            sent.add(producer.send(Topics.REPLAY_SHARD, answer.cut().partition(shard),
                    EventKeys.adapterShard(version.getRunId(), version.getVersion(), shard),
                    AdapterShard.newBuilder().setRunId(version.getRunId()).setVersion(version.getVersion())
                            .setRound(version.getRound()).setShard(shard).setShards(version.getShards().size())
                            .setStart(answer.cut().start(shard)).setElements(version.getElements())
                            .setSha256(ref.getSha256()).setData(data).build()));
        }
        producer.awaitAll();
        List<ShardRef> placed = new ArrayList<>();
        for (ShardRef ref : version.getShards()) {
            RecordMetadata place = sent.get(ref.getShard()).join();
            placed.add(ShardRef.newBuilder(ref).setPartition(place.partition()).setOffset(place.offset()).build());
        }
        return VersionReplayed.newBuilder(version).setShards(placed).build();
    }
}
