package org.fedbiot.worker.server;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What a server worker is and where it puts the product.
 *
 * @param workerId names it in results; unique among workers that run side by side
 * @param exportDirectory gets a directory for each run
 * @param queue where its tasks come from
 */
public record ServerConfig(String workerId, Path exportDirectory, QueueChoice queue) {

    public ServerConfig {
        Objects.requireNonNull(workerId, "workerId");
        Objects.requireNonNull(exportDirectory, "exportDirectory");
        Objects.requireNonNull(queue, "queue");
    }

    /** Takes its tasks from a share group if the brokers have one. */
    public ServerConfig(String workerId, Path exportDirectory) {
        this(workerId, exportDirectory, QueueChoice.AUTO);
    }
}
