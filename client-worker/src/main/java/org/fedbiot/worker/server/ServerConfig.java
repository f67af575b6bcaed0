package org.fedbiot.worker.server;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What a server worker is and where it puts the product.
 *
 * @param workerId names it in results; unique among workers that run side by side
 * @param exportDirectory gets a directory for each run
 */
public record ServerConfig(String workerId, Path exportDirectory) {

    public ServerConfig {
        Objects.requireNonNull(workerId, "workerId");
        Objects.requireNonNull(exportDirectory, "exportDirectory");
    }
}
