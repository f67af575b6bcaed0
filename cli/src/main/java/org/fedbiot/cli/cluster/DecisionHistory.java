package org.fedbiot.cli.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.cli.UserError;
import org.fedbiot.coordinator.Coordinator;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Run;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.RunDeleted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.topic.Topics;

/**
 * A cluster's decision log, folded as the coordinator does it.
 *
 * @param endOffsets where each run's end stands in the log, by run id
 * @param deletedAt when a run was deleted, by run id
 */
public record DecisionHistory(CoordinatorState state, Map<String, Long> endOffsets, Map<String, Instant> deletedAt) {

    private static final Duration POLL = Duration.ofMillis(100);

    /** @throws UserError if the log does not fold, with the record at which it stops */
    public static DecisionHistory read(KafkaSettings kafka) {
        CoordinatorState state = CoordinatorState.initial();
        Map<String, Long> endOffsets = new HashMap<>();
        Map<String, Instant> deletedAt = new HashMap<>();
        try (EventReader reader = new EventReader(kafka, "fedbiot-cli-decisions", Topics.DECISION)) {
            while (!reader.atEnd()) {
                for (ConsumerRecord<String, SpecificRecord> record : reader.poll(POLL)) {
                    state = fold(state, record);
                    if (record.value() instanceof RunEnded ended) {
                        endOffsets.put(ended.getRunId(), record.offset());
                    } else if (record.value() instanceof RunDeleted deleted) {
                        deletedAt.put(deleted.getRunId(), Instant.ofEpochMilli(record.timestamp()));
                    }
                }
            }
        }
        return new DecisionHistory(state, Map.copyOf(endOffsets), Map.copyOf(deletedAt));
    }

    /** @throws UserError if the log knows no such run */
    public Run run(String runId) {
        return state.run(runId).orElseThrow(() -> new UserError("run " + runId
                + ": not in this cluster's decision log; it holds " + state.runs().ids()));
    }

    /** @throws UserError if the log knows no such run, or it was deleted: says when, and which archive holds it */
    public Run keptRun(String runId) {
        Run run = run(runId);
        run.history().deleted().ifPresent(deleted -> {
            throw new UserError("run " + runId + ": was deleted at " + deletedAt.get(runId)
                    + "; restore the archive with sha256 " + deleted.getArchiveSha256() + " into another directory:"
                    + " fedbiot run restore FILE --dir DIR");
        });
        return run;
    }

    private static CoordinatorState fold(CoordinatorState state, ConsumerRecord<String, SpecificRecord> record) {
        try {
            return Coordinator.apply(state, record.value());
        } catch (IllegalStateException e) {
            throw new UserError("topic " + record.topic() + ", partition " + record.partition() + ", offset "
                    + record.offset() + ": " + e.getMessage(), e);
        }
    }
}
