package org.fedbiot.worker.server;

import java.nio.file.Path;
import java.util.Objects;
import org.fedbiot.learning.torch.ComputeDevice;

/**
 * What a server worker is and where it puts the product.
 *
 * @param workerId names it in results; unique among workers that run side by side
 * @param exportDirectory gets a directory for each run
 * @param queue where its tasks come from
 * @param device what it computes on
 */
public record ServerConfig(String workerId, Path exportDirectory, QueueChoice queue, ComputeDevice device) {

    public ServerConfig {
        Objects.requireNonNull(workerId, "workerId");
        Objects.requireNonNull(exportDirectory, "exportDirectory");
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(device, "device");
    }

    /** Takes its tasks from a share group if the brokers have one, and computes on the CPU. */
    public ServerConfig(String workerId, Path exportDirectory) {
        this(workerId, exportDirectory, QueueChoice.AUTO, ComputeDevice.CPU);
    }
}
