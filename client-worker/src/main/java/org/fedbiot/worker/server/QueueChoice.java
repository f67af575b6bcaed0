package org.fedbiot.worker.server;

import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.schemas.client.TaskQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which kind of group hands out server tasks. All workers of a cluster must come to the same: each group gets all. */
public enum QueueChoice {

    /** A share group with lock renewal, or no start. */
    SHARE,

    /** A consumer group, whose workers divide the partitions. */
    GROUP,

    /** A share group if the brokers have one. */
    AUTO;

    private static final Logger LOGGER = LoggerFactory.getLogger(QueueChoice.class);

    /**
     * Whether to use the share group; says so and why.
     *
     * @throws IllegalStateException if it is to be used and cannot be, or would not read as it must; says what to do
     */
    boolean isShare(Admin admin, String process) {
        if (this == GROUP) {
            LOGGER.info("{}: tasks come from consumer group {}, as configured", process, TaskQueue.CONSUMER_GROUP);
            return false;
        }
        Optional<String> lack = TaskQueue.lack(admin);
        if (lack.isPresent() && this == SHARE) {
            throw new IllegalStateException("queue: share is not to be had here: " + lack.get()
                    + "; use brokers of 4.2 or newer, or queue: group");
        }
        if (lack.isPresent()) {
            LOGGER.info("{}: tasks come from consumer group {}, since {}", process, TaskQueue.CONSUMER_GROUP,
                    lack.get());
            return false;
        }
        TaskQueue.prepare(admin);
        LOGGER.info("{}: tasks come from share group {}, {}", process, TaskQueue.SHARE_GROUP,
                this == SHARE ? "as configured" : "since the brokers renew its locks");
        return true;
    }
}
