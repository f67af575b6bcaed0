package org.fedbiot.worker.server;

import java.util.HashSet;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskFailed;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.TopicFold;
import org.fedbiot.worker.UnusableRecords;

/**
 * Which tasks need not be done any more: those whose result stands, from this worker or another, and those of runs that
 * have ended. A fold over two topics. One thread at a time.
 */
final class TaskResults implements AutoCloseable {

    private final TopicFold outcomes;
    private final Set<String> tasks = new HashSet<>();
    private final Set<String> runs = new HashSet<>();

    /** @param unusable told of what is no event */
    TaskResults(KafkaSettings settings, String clientId, UnusableRecords unusable) {
        this.outcomes = new TopicFold(
                new EventReader(settings, clientId, Topics.TASK_RESULT, Topics.ROUND_ANNOUNCE), unusable,
                record -> add(record.value()));
    }

    /**
     * Whether a task is settled, by all that stands in the topics now.
     *
     * @throws InterruptedException if the worker is closed meanwhile
     */
    boolean settles(ServerTaskAssigned task) throws InterruptedException {
        outcomes.readToEnd();
        return runs.contains(task.getRunId()) || tasks.contains(EventKeys.task(task.getRunId(), task.getTaskId()));
    }

    @Override
    public void close() {
        outcomes.close();
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
