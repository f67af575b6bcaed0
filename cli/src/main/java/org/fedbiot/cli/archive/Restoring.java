package org.fedbiot.cli.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.DecisionHistory;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Phase;
import org.fedbiot.coordinator.runtime.CoordinatorProcess;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.VersionReplayed;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventHeaders;
import org.fedbiot.schemas.wire.SchemaRegistry;

/**
 * Writes an archive's records into a cluster that does not know its run. Payloads come before the manifests that name
 * them, results before tasks, and the decision log last, in one transaction under the coordinator's id: until that is
 * committed the run is not there, and a coordinator that runs meanwhile is shut out and stops. Of a what-if's answer
 * nothing was decided, so its versions come last, and no coordinator has to go.
 */
public final class Restoring {

    /** Payloads before manifests, and what settles a task before the task. */
    private static final List<Topic> FIRST = List.of(Topics.SERVER_CHUNK, Topics.SERVER_MOMENT, Topics.EMULATOR_CHUNK,
            Topics.ADAPTER_SHARD, Topics.UPDATE_SHARD, Topics.REPLAY_SHARD, Topics.EMULATOR_MANIFEST,
            Topics.ADAPTER_MANIFEST, Topics.UPDATE_MANIFEST, Topics.UPDATE_VERDICT, Topics.TASK_RESULT, Topics.ROUND_ANNOUNCE);

    /** All but the decision log, which comes after them. */
    private static final List<Topic> ORDER = Stream.concat(FIRST.stream(), Archiving.TOPICS.stream()
            .filter(topic -> !FIRST.contains(topic) && !topic.equals(Topics.DECISION))).toList();

    /** Names an input's place in another cluster, where this cluster may have another input. */
    private static final String ORIGIN = "origin";

    private static final int TRANSACTION_MILLIS = 600_000;

    /**
     * What was written.
     *
     * @param keptKeys clients whose key this cluster already had, and keeps
     */
    public record Result(String runId, long records, List<String> keptKeys) {
    }

    private final ArchiveFile archive;
    private final KafkaSettings kafka;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private long records;

    private Restoring(ArchiveFile archive, KafkaSettings kafka) {
        this.archive = archive;
        this.kafka = kafka;
    }

    /** @throws UserError if the cluster knows the run, or a record cannot be written */
    public static Result write(ArchiveFile archive, KafkaSettings kafka) {
        requireUnknown(archive.runId(), DecisionHistory.read(kafka).state());
        Restoring restoring = new Restoring(archive, kafka);
        try {
            List<VersionReplayed> there = restoring.versionsThere();
            restoring.writePayloads(there);
            List<String> keptKeys = archive.isWhatIf() ? List.of() : restoring.writeDecisions();
            return new Result(archive.runId(), restoring.records, keptKeys);
        } catch (IOException e) {
            throw new UserError("run " + archive.runId() + ": cannot be read from its archive: " + e.getMessage(), e);
        } catch (KafkaException e) {
            throw new UserError("run " + archive.runId() + ": not restored: " + e.getMessage()
                    + (archive.isWhatIf() ? "" : "; no decision of it is in the log") + ", run the command again", e);
        }
    }

    private static void requireUnknown(String runId, CoordinatorState state) {
        state.run(runId).ifPresent(run -> {
            String known = run.history().deleted().isPresent() ? "deleted" : run.in(Phase.Ended.class)
                    .map(phase -> "ended " + phase.ended().getOutcome()).orElse("under way");
            throw new UserError("run " + runId + ": this cluster's log knows it (" + known + "), and a log does not"
                    + " tell the same run twice; restore it into another cluster, such as a new directory: --dir DIR");
        });
    }

    /** Versions of a what-if that a restore which was broken off has written; none of any other run. */
    private List<VersionReplayed> versionsThere() throws IOException {
        WhatIfVersions there = WhatIfVersions.read(kafka, archive.runId());
        List<SpecificRecord> archived = new ArrayList<>();
        archive.read(Topics.REPLAY_VERSION.name(),
                record -> archived.add(record.event().decode(Topics.REPLAY_VERSION.name())));
        if (!there.isEmpty() && !there.isPartOf(archived)) {
            throw new UserError("run " + archive.runId() + ": this cluster's log has a what-if of that id, with"
                    + " versions " + there.versions().stream().map(VersionReplayed::getVersion).distinct().toList()
                    + "; restore it into another cluster, such as a new directory: --dir DIR");
        }
        return there.versions();
    }

    private void writePayloads(List<VersionReplayed> there) throws IOException {
        Properties properties = raw(kafka.producer("fedbiot-cli-restore"));
        SchemaRegistry registry = RawTopics.registry(properties);
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(properties)) {
            for (Topic topic : ORDER) {
                archive.read(topic.name(), record -> {
                    if (!topic.equals(Topics.REPLAY_VERSION) || !there.contains(record.event().decode(topic.name()))) {
                        send(producer, registry, topic, record);
                    }
                });
                producer.flush();
                throwFailure();
            }
        }
    }

    private List<String> writeDecisions() throws IOException {
        Properties properties = raw(kafka.transactionalProducer("fedbiot-cli-restore", CoordinatorProcess.NAME));
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Integer.toString(TRANSACTION_MILLIS));
        SchemaRegistry registry = RawTopics.registry(properties);
        List<String> keptKeys = new ArrayList<>();
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(properties)) {
            producer.initTransactions();
            // From here on no coordinator decides; what one decided until now counts.
            CoordinatorState state = DecisionHistory.read(kafka).state();
            requireUnknown(archive.runId(), state);
            producer.beginTransaction();
            boolean committed = false;
            try {
                archive.read(Topics.DECISION.name(), record -> {
                    if (record.event().decode(Topics.DECISION.name()) instanceof ClientKeyRegistered key
                            && state.keys().contains(key.getClientId())) {
                        keptKeys.add(key.getClientId());
                    } else {
                        send(producer, registry, Topics.DECISION, record);
                    }
                });
                producer.flush();
                throwFailure();
                producer.commitTransaction();
                committed = true;
            } finally {
                if (!committed) {
                    // Left open, it would hold every reader of the log back until it timed out.
                    producer.abortTransaction();
                }
            }
        }
        return keptKeys.stream().distinct().toList();
    }

    private void send(Producer<byte[], byte[]> producer, SchemaRegistry registry, Topic topic, ArchivedRecord record) {
        Headers headers = record.headersWithout(List.of(ORIGIN, EventHeaders.RESTORED));
        headers.add(EventHeaders.RESTORED, archive.sha256().getBytes(StandardCharsets.UTF_8));
        producer.send(new ProducerRecord<>(topic.name(), record.partition(), record.timestampMillis(),
                record.keyBytes(), record.event().value(registry, topic.name()), headers), (place, problem) -> {
                    if (problem != null) {
                        failure.compareAndSet(null, problem);
                    }
                });
        records++;
    }

    private void throwFailure() {
        if (failure.get() != null) {
            throw new KafkaException("a record was not written: " + failure.get().getMessage(), failure.get());
        }
    }

    private static Properties raw(Properties properties) {
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return properties;
    }
}
