package org.fedbiot.cli.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.DecisionHistory;
import org.fedbiot.coordinator.Phase;
import org.fedbiot.coordinator.Run;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/** Makes an archive of a run that has ended, or of a what-if's answer. */
public final class Archiving {

    /** Topics that hold records of runs. */
    static final List<Topic> TOPICS =
            Topics.ALL.stream().filter(topic -> !topic.events().isEmpty()).toList();

    /**
     * What was written.
     *
     * @param sha256 of the file, as {@code sha256sum} prints it
     */
    public record Result(long records, long bytes, String sha256) {
    }

    private Archiving() {
    }

    /**
     * @param runId of a run, or of a what-if's answer
     * @throws UserError if the run is unknown, deleted or not over, its log has a hole, or the file cannot be written;
     *     nothing is left behind then
     */
    public static Result write(KafkaSettings kafka, String runId, Path file) {
        if (Files.exists(file)) {
            throw new UserError(file + ": is there already; name another file");
        }
        DecisionHistory history = DecisionHistory.read(kafka);
        try {
            if (history.state().run(runId).isEmpty()) {
                WhatIfVersions answer = WhatIfVersions.read(kafka, runId);
                if (!answer.isEmpty()) {
                    return write(kafka, new RunScope(runId, Set.of(), 0), answer.summary(history), file);
                }
            }
            Run run = history.keptRun(runId);
            RunEnded ended = run.in(Phase.Ended.class).map(Phase.Ended::ended).orElseThrow(() -> new UserError("run "
                    + runId + ": has not ended, it is in phase " + run.phase().getClass().getSimpleName()
                    + "; wait for its end, or cancel it"));
            return write(kafka, scope(history, run), summary(run.spec(), ended), file);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private static Result write(KafkaSettings kafka, RunScope scope, ArchiveManifest.Summary summary, Path file)
            throws IOException {
        try (RawTopics topics = new RawTopics(kafka); ArchiveWriter archive = new ArchiveWriter(file)) {
            NamedPayloads payloads = new NamedPayloads(topics.isTrimmed(Topics.SERVER_MOMENT));
            for (Topic topic : TOPICS) {
                archive.topic(topic.name(), sink -> read(topics, topic, scope, record -> {
                    payloads.add(topic, record.record().key(), record.event());
                    sink.accept(record.record());
                }));
            }
            payloads.hole().ifPresent(hole -> {
                throw new UserError("run " + scope.runId() + ": cannot be archived, its log has a hole: " + hole);
            });
            long records = archive.records();
            Seal seal = archive.finish(summary);
            return new Result(records, Files.size(file), seal.fileSha256());
        }
    }

    static RunScope scope(DecisionHistory history, Run run) {
        return new RunScope(run.id(), run.spec().getFederation().getClients().stream().collect(Collectors.toSet()),
                history.endOffsets().get(run.id()));
    }

    /** What a cluster holds of a run now, by topic. */
    static Map<String, List<ArchiveManifest.Part>> account(KafkaSettings kafka, RunScope scope)
            throws IOException {
        Map<String, List<ArchiveManifest.Part>> account = new TreeMap<>();
        try (RawTopics topics = new RawTopics(kafka)) {
            for (Topic topic : TOPICS) {
                Map<Integer, RecordsDigest> partitions = new TreeMap<>();
                read(topics, topic, scope, record -> partitions
                        .computeIfAbsent(record.record().partition(), RecordsDigest::new).add(record.record()));
                account.put(topic.name(), partitions.values().stream().map(RecordsDigest::part).toList());
            }
        }
        return account;
    }

    @FunctionalInterface
    private interface Sink {

        void accept(RawTopics.Decoded record) throws IOException;
    }

    private static void read(RawTopics topics, Topic topic, RunScope scope, Sink sink) throws IOException {
        Map<TopicPartition, Long> ends = topics.ends(topic);
        topics.read(topic, ends, (partition, at, event) -> {
            if (event.isPresent() && scope.holds(topic, at.offset(), at.key(), event.get().event())) {
                sink.accept(event.get());
            }
        });
    }

    private static ArchiveManifest.Summary summary(RunSpec spec, RunEnded ended) {
        return new ArchiveManifest.Summary(spec.getRunId(), spec.getOriginRunId(), spec.getModel().getName(),
                spec.getModel().getSha256(), spec.getFederation().getRounds(), ended.getOutcome().name(),
                ended.getAdapterVersion(), ended.getAdapterSha256());
    }
}
