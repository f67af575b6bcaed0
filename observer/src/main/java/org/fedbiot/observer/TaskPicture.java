package org.fedbiot.observer;

import java.util.Objects;
import org.fedbiot.schemas.event.TaskKind;

/**
 * A server task.
 *
 * @param round that it belongs to: an alignment comes before it, an evaluation after it
 * @param worker who is at it or did it; empty while nobody has said so
 * @param phase of the work, in the worker's words; empty before the first sign
 * @param loss of the newest step, 0 where the phase has none
 * @param progressMillis when the worker last said how far it is
 * @param reason of a failure, else empty
 */
public record TaskPicture(
        String taskId,
        TaskKind kind,
        int round,
        State state,
        String worker,
        long assignedMillis,
        String phase,
        int step,
        int steps,
        double loss,
        long progressMillis,
        long settledMillis,
        long durationMillis,
        String reason) {

    /** How far it is. */
    public enum State {
        /** No worker has said that it is at it. */
        WAITING,
        RUNNING,
        DONE,
        FAILED
    }

    public TaskPicture {
        Objects.requireNonNull(state, "state");
    }

    public boolean isSettled() {
        return state == State.DONE || state == State.FAILED;
    }
}
