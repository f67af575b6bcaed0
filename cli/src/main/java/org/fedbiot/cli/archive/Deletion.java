package org.fedbiot.cli.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.DecisionHistory;
import org.fedbiot.coordinator.Run;
import org.fedbiot.coordinator.runtime.CoordinatorProcess;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.RunDeleteRequested;
import org.fedbiot.schemas.event.RunDeleted;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * Deletes a run: its archive is held against the log record by record, the coordinator records the deletion, and only
 * then payloads are removed. A second call removes what kept runs held back before.
 */
public final class Deletion {

    private static final Duration POLL = Duration.ofMillis(200);

    /** A coordinator that is up decides within milliseconds; this long without a decision, none is. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Deletion() {
    }

    /**
     * @return what became of each topic that holds payloads
     * @throws UserError if the archive is not this run's, whole and equal to the log, or no coordinator decides
     */
    public static List<FreedTopic> run(Cluster cluster, String runId, Path file) {
        KafkaSettings kafka = cluster.kafka();
        ArchiveFile archive = ArchiveFile.verified(file);
        if (!archive.runId().equals(runId)) {
            throw new UserError(file + ": is the archive of run " + archive.runId() + ", not of " + runId);
        }
        DecisionHistory history = DecisionHistory.read(kafka);
        Run run = history.run(runId);
        try {
            if (run.history().deleted().isEmpty()) {
                requireEnded(run);
                requireEqual(kafka, history, run, archive, file);
                decide(cluster, runId, archive.sha256());
            }
            return Trimming.trim(kafka, runId);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static void requireEnded(Run run) {
        if (!run.isEnded()) {
            throw new UserError("run " + run.id() + ": has not ended; wait for its end, or cancel it");
        }
    }

    private static void requireEqual(KafkaSettings kafka, DecisionHistory history, Run run, ArchiveFile archive,
            Path file) throws IOException {
        Optional<String> difference = archive.manifest()
                .difference(Archiving.account(kafka, Archiving.scope(history, run)));
        if (difference.isPresent()) {
            throw new UserError("run " + run.id() + ": not deleted, " + file + " is not all of it: " + difference.get()
                    + "; make a new archive: fedbiot run archive " + run.id() + " FILE");
        }
    }

    /** A cluster of this command's own has no coordinator, so it gets one until the decision stands. */
    private static void decide(Cluster cluster, String runId, String archiveSha256) {
        KafkaSettings kafka = cluster.kafka();
        Optional<CoordinatorProcess> coordinator = cluster.isOwn()
                ? Optional.of(new CoordinatorProcess(kafka, Clock.systemUTC())) : Optional.empty();
        try (EventReader decisions = new EventReader(kafka, "fedbiot-cli-decisions", Topics.DECISION);
                EventProducer operator = new EventProducer(kafka, "operator-delete")) {
            coordinator.ifPresent(CoordinatorProcess::start);
            operator.send(Topics.COMMAND, EventKeys.run(runId), new RunDeleteRequested(runId, archiveSha256));
            operator.awaitAll();
            await(decisions, coordinator, runId);
        } finally {
            coordinator.ifPresent(CoordinatorProcess::close);
        }
    }

    private static void await(EventReader decisions, Optional<CoordinatorProcess> coordinator, String runId) {
        Instant last = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(last)) {
            for (ConsumerRecord<String, SpecificRecord> record : decisions.poll(POLL)) {
                if (record.value() instanceof RunDeleted deleted && deleted.getRunId().equals(runId)) {
                    return;
                }
            }
            if (coordinator.filter(process -> process.termination().isDone()).isPresent()) {
                throw stopped(coordinator.get(), runId);
            }
        }
        throw new UserError("run " + runId + ": nothing was removed, no coordinator decided within "
                + PATIENCE.toSeconds() + " s; start one, or wait until a fork of the run has copied its base, and run"
                + " the command again");
    }

    private static UserError stopped(CoordinatorProcess process, String runId) {
        try {
            process.termination().join();
            return new UserError("run " + runId + ": nothing was removed, the coordinator stopped");
        } catch (CompletionException e) {
            return new UserError("run " + runId + ": nothing was removed, the coordinator stopped: "
                    + e.getCause().getMessage(), e.getCause());
        }
    }
}
