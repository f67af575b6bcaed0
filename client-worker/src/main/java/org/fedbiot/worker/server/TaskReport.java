package org.fedbiot.worker.server;

import java.util.Objects;
import org.fedbiot.learning.method.Progress;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskProgressed;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.SteppedWork;
import org.fedbiot.worker.WorkMeters;

/** Tells operators and meters how far a task is. */
final class TaskReport {

    private final EventProducer producer;
    private final String workerId;
    private final ServerTaskAssigned task;
    private final WorkMeters meters;

    TaskReport(EventProducer producer, String workerId, ServerTaskAssigned task, WorkMeters meters) {
        this.producer = Objects.requireNonNull(producer, "producer");
        this.workerId = Objects.requireNonNull(workerId, "workerId");
        this.task = Objects.requireNonNull(task, "task");
        this.meters = Objects.requireNonNull(meters, "meters");
    }

    /** A phase without steps of its own begins. */
    void begin(String phase) {
        meters.moved();
        send(phase, 0, 0, 0);
    }

    /** For the steps of a phase, done under the given lease. */
    Progress phase(String phase, ComputeGate.Lease lease) {
        return new SteppedWork(lease, (step, steps, loss) -> {
            meters.progressed(WorkMeters.kind(task.getKind()), loss);
            send(phase, step, steps, loss);
        });
    }

    private void send(String phase, int step, int steps, double loss) {
        producer.send(Topics.PROCESS_STATUS, EventKeys.run(task.getRunId()), ServerTaskProgressed.newBuilder()
                .setRunId(task.getRunId()).setTaskId(task.getTaskId()).setKind(task.getKind()).setWorker(workerId)
                .setPhase(phase).setStep(step).setSteps(steps).setLoss(loss).build());
    }
}
