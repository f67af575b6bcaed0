package org.fedbiot.observer;

import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskFailed;
import org.fedbiot.schemas.event.ServerTaskProgressed;
import org.fedbiot.schemas.event.TaskKind;

/** Facts about a server task: the decision log says what it is and how it ended, its worker how far it is. */
final class TaskFold {

    private final String taskId;
    private TaskKind kind = TaskKind.UNKNOWN;
    private int round;
    private long assignedOffset = -1;
    private long assignedMillis;
    private TaskPicture.State settled;
    private String settledBy = "";
    private long settledMillis;
    private long durationMillis;
    private String reason = "";
    private ServerTaskProgressed progress;
    private long progressMillis;

    TaskFold(String taskId) {
        this.taskId = taskId;
    }

    void assigned(ServerTaskAssigned event, long offset, long atMillis) {
        kind = event.getKind();
        round = event.getRound();
        assignedOffset = assignedOffset < 0 ? offset : assignedOffset;
        assignedMillis = atMillis;
        // Assigned anew after a failure, it is open again.
        settle(null, "", 0, 0, "");
    }

    void completed(ServerTaskCompleted event, long atMillis) {
        settle(TaskPicture.State.DONE, event.getWorker(), atMillis, event.getDurationMillis(), "");
    }

    void failed(ServerTaskFailed event, long atMillis) {
        settle(TaskPicture.State.FAILED, event.getWorker(), atMillis, 0, event.getReason());
    }

    private void settle(TaskPicture.State state, String worker, long atMillis, long tookMillis, String why) {
        settled = state;
        settledBy = worker;
        settledMillis = atMillis;
        durationMillis = tookMillis;
        reason = why;
    }

    void progressed(ServerTaskProgressed event, long atMillis) {
        progress = event;
        progressMillis = atMillis;
    }

    boolean isAssigned() {
        return assignedOffset >= 0;
    }

    long assignedOffset() {
        return assignedOffset;
    }

    int round() {
        return round;
    }

    TaskPicture picture() {
        String atIt = progress == null ? "" : progress.getWorker();
        TaskPicture.State open = progress == null ? TaskPicture.State.WAITING : TaskPicture.State.RUNNING;
        return new TaskPicture(taskId, kind, round, settled == null ? open : settled,
                settledBy.isEmpty() ? atIt : settledBy, assignedMillis, progress == null ? "" : progress.getPhase(),
                progress == null ? 0 : progress.getStep(), progress == null ? 0 : progress.getSteps(),
                progress == null ? 0 : progress.getLoss(), progressMillis, settledMillis, durationMillis, reason);
    }
}
