package org.fedbiot.cli.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.cli.cluster.DecisionHistory;
import org.fedbiot.cli.report.RunIds;
import org.fedbiot.coordinator.Run;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/**
 * Takes deleted runs' payloads off the head of their partitions. Kafka can only forget a partition's oldest records, so
 * everything from the first record of a run that is kept stays until that run is deleted too.
 */
final class Trimming {

    /** Manifests go with what they name; verdicts, results and decisions are small, and are the log that stays. */
    static final List<Topic> TOPICS = List.of(Topics.SERVER_CHUNK, Topics.SERVER_MOMENT, Topics.EMULATOR_CHUNK,
            Topics.EMULATOR_MANIFEST, Topics.ADAPTER_SHARD, Topics.ADAPTER_MANIFEST, Topics.UPDATE_SHARD,
            Topics.UPDATE_MANIFEST);

    private Trimming() {
    }

    /** @param runId the run whose remaining records are counted */
    static List<FreedTopic> trim(KafkaSettings kafka, String runId) throws IOException {
        List<FreedTopic> freed = new ArrayList<>();
        try (RawTopics topics = new RawTopics(kafka); Admin admin = Admin.create(kafka.admin())) {
            Map<Topic, Map<TopicPartition, Long>> ends = new HashMap<>();
            TOPICS.forEach(topic -> ends.put(topic, topics.ends(topic)));
            // Read after the ends were taken: a run that wrote before them was accepted before, and is known here.
            Set<String> kept = new HashSet<>();
            for (Run run : DecisionHistory.read(kafka).state().runs().values()) {
                if (run.history().deleted().isEmpty()) {
                    kept.add(run.id());
                }
            }
            for (Topic topic : TOPICS) {
                Head head = new Head(runId, kept);
                topics.read(topic, ends.get(topic), head::add);
                delete(admin, head.targets(ends.get(topic)));
                freed.add(head.freed(topic));
            }
        }
        return freed;
    }

    private static void delete(Admin admin, Map<TopicPartition, RecordsToDelete> targets) {
        try {
            admin.deleteRecords(targets).all().get();
        } catch (ExecutionException e) {
            throw new KafkaException("records before " + targets + " were not removed: " + e.getCause().getMessage(),
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while removing records", e);
        }
    }

    /** How far each partition of a topic holds nothing that is kept. */
    static final class Head {

        private final String runId;
        private final Set<String> kept;
        private final Map<TopicPartition, Long> first = new HashMap<>();
        private final Map<TopicPartition, Set<String>> ahead = new HashMap<>();
        private final SortedSet<String> keptBy = new TreeSet<>();
        private long freedRecords;
        private long freedBytes;
        private long staysRecords;
        private long staysBytes;

        Head(String runId, Set<String> kept) {
            this.runId = runId;
            this.kept = kept;
        }

        void add(TopicPartition partition, RawTopics.Place at, Optional<RawTopics.Decoded> event) {
            String byKey = RunScope.ofKey(at.key());
            // A key is its writer's word: a record that is a kept run's by either stays.
            String byValue = event.map(decoded -> RunIds.of(decoded.event())).orElse(byKey);
            if (!first.containsKey(partition) && !kept.contains(byKey) && !kept.contains(byValue)) {
                freedRecords++;
                freedBytes += at.bytes();
                return;
            }
            first.putIfAbsent(partition, at.offset());
            Set<String> before = ahead.computeIfAbsent(partition, any -> new HashSet<>());
            Stream.of(byKey, byValue).filter(kept::contains).forEach(before::add);
            if (runId.equals(byValue)) {
                staysRecords++;
                staysBytes += at.bytes();
                keptBy.addAll(before);
            }
        }

        Map<TopicPartition, RecordsToDelete> targets(Map<TopicPartition, Long> ends) {
            Map<TopicPartition, RecordsToDelete> targets = new HashMap<>();
            ends.forEach((partition, end) -> targets.put(partition,
                    RecordsToDelete.beforeOffset(first.getOrDefault(partition, end))));
            return targets;
        }

        FreedTopic freed(Topic topic) {
            return new FreedTopic(topic.name(), freedRecords, freedBytes, staysRecords, staysBytes,
                    List.copyOf(keptBy));
        }
    }
}
