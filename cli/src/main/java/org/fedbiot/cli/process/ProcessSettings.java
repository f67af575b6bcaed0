package org.fedbiot.cli.process;

import java.util.Optional;
import org.fedbiot.cli.monitoring.MetricsSettings;

/** What one process is started with: the keys of its YAML file. */
interface ProcessSettings {

    /** Well within the 30 s that Kubernetes gives a process to end. */
    String DRAIN_TIMEOUT_MILLIS = "20000";

    int HIGHEST_PORT = 65_535;

    static void requirePort(String key, int port) {
        if (port < 0 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException(key + " is between 0 and " + HIGHEST_PORT + ", not " + port);
        }
    }

    static void requireNotNegative(String key, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(key + " is at least 0, not " + value);
        }
    }

    /** Where metrics and health are shown; nowhere if it is empty. */
    Optional<MetricsSettings> metrics();

    /**
     * Looks into the files that the settings name, as far as that can be done without a cluster.
     *
     * @throws org.fedbiot.cli.UserError if one is not what it is named as
     */
    default void verifyFiles() {
    }
}
