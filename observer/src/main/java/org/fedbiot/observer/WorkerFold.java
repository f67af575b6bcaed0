package org.fedbiot.observer;

import java.util.Optional;
import org.fedbiot.schemas.event.ProcessStarted;

/** Facts about a process of the server's side. */
final class WorkerFold {

    private final String id;
    // From the status topic.
    private ProcessStarted started;
    private long startedMillis;
    private int starts;
    private String runId = "";
    private String taskId = "";
    // From any topic: the latest of all times is the same in whatever order they come.
    private long lastSignMillis;

    WorkerFold(String id) {
        this.id = id;
    }

    void started(ProcessStarted event, long atMillis) {
        started = event;
        startedMillis = atMillis;
        starts++;
        // What an earlier life was at is left for whoever takes it up.
        runId = "";
        taskId = "";
        sign(atMillis);
    }

    void works(String forRun, String atTask, long atMillis) {
        runId = forRun;
        taskId = atTask;
        sign(atMillis);
    }

    void sign(long atMillis) {
        lastSignMillis = Math.max(lastSignMillis, atMillis);
    }

    String runId() {
        return runId;
    }

    String taskId() {
        return taskId;
    }

    String role() {
        return started == null ? "" : started.getRole();
    }

    WorkerPicture picture(Optional<WorkerPicture.Work> work, long heardMillis) {
        return new WorkerPicture(id, role(), started == null ? "" : started.getVersion(),
                started == null ? "" : started.getDevice(), started == null ? 0 : started.getThreads(), starts,
                startedMillis, Math.max(lastSignMillis, heardMillis), work);
    }
}
