package org.fedbiot.worker.server;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskFailed;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * Which tasks need not be done any more: those whose result stands, from this worker or another, and those of runs that
 * have ended. A fold over two topics. One thread at a time.
 */
final class TaskResults implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final EventReader reader;
    private final Set<String> tasks = new HashSet<>();
    private final Set<String> runs = new HashSet<>();

    TaskResults(KafkaSettings settings, String clientId) {
        this.reader = new EventReader(settings, clientId, Topics.TASK_RESULT, Topics.ROUND_ANNOUNCE);
    }

    /**
     * Whether a task is settled, by all that stands in the topics now.
     *
     * @throws InterruptedException if the worker is closed meanwhile
     */
    boolean settles(ServerTaskAssigned task) throws InterruptedException {
        readToEnd();
        return runs.contains(task.getRunId()) || tasks.contains(EventKeys.task(task.getRunId(), task.getTaskId()));
    }

    @Override
    public void close() {
        reader.close();
    }

    private void readToEnd() throws InterruptedException {
        reader.markEnd();
        while (!reader.atEnd()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("closed while reading results");
            }
            for (ConsumerRecord<String, SpecificRecord> record : reader.poll(POLL)) {
                add(record.value());
            }
        }
    }

    private void add(SpecificRecord event) {
        if (event instanceof ServerTaskCompleted done) {
            tasks.add(EventKeys.task(done.getRunId(), done.getTaskId()));
        } else if (event instanceof ServerTaskFailed failed) {
            tasks.add(EventKeys.task(failed.getRunId(), failed.getTaskId()));
        } else if (event instanceof RunEnded ended) {
            runs.add(ended.getRunId());
        }
    }
}
