package org.fedbiot.worker.server;

import java.nio.file.Path;
import java.util.Objects;
import org.fedbiot.learning.torch.ComputeDevice;

/**
 * What a server worker is and where it puts the product.
 *
 * @param workerId names it in results; unique among workers that run side by side
 * @param exportDirectory gets a directory for each run
 * @param device what it computes on
 */
public record ServerConfig(String workerId, Path exportDirectory, ComputeDevice device) {

    public ServerConfig {
        Objects.requireNonNull(workerId, "workerId");
        Objects.requireNonNull(exportDirectory, "exportDirectory");
        Objects.requireNonNull(device, "device");
    }

    /** On the CPU. */
    public ServerConfig(String workerId, Path exportDirectory) {
        this(workerId, exportDirectory, ComputeDevice.CPU);
    }
}
