package org.fedbiot.worker.server;

import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;

/** One kind of server task. */
interface ServerTask {

    /**
     * Does it, publishes what it makes and waits until that is acknowledged.
     *
     * @param result to be filled with the part of this kind
     * @param report for the time until then
     * @throws RuntimeException if it cannot be done; the message says why and where
     * @throws InterruptedException if the worker is closed meanwhile
     */
    void run(ServerTaskAssigned task, ServerTaskCompleted.Builder result, TaskReport report)
            throws InterruptedException;
}
