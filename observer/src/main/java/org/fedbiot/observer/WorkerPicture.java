package org.fedbiot.observer;

import java.util.Optional;

/**
 * A process of the server's side.
 *
 * @param role as it calls itself: coordinator, aggregator, server-worker
 * @param version empty if its start is not in the log
 * @param starts how often it said that it starts
 * @param lastSignMillis when it last said anything; of coordinator and aggregator, when they last decided
 * @param work the task it is at; empty if it is idle
 */
public record WorkerPicture(String id, String role, String version, String device, int threads, int starts,
        long startedMillis, long lastSignMillis, Optional<Work> work) {

    /** A task, with the run that it belongs to. */
    public record Work(String runId, TaskPicture task) {
    }
}
