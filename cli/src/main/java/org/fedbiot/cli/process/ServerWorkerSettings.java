package org.fedbiot.cli.process;

import java.nio.file.Path;
import java.util.Optional;
import org.fedbiot.cli.cluster.ClusterSettings;
import org.fedbiot.cli.monitoring.MetricsSettings;
import org.fedbiot.cli.settings.DefaultValue;

/**
 * A server worker's file.
 *
 * @param id its name; each worker has its own
 * @param exportDirectory gets a directory for each run, with the adapter and the merged model
 * @param drainTimeoutMillis how long a task in hand may take to its end once the worker is told to end
 * @param metrics where metrics and health are shown; nowhere without it
 */
record ServerWorkerSettings(
        ClusterSettings cluster,
        String id,
        Path exportDirectory,
        @DefaultValue(ProcessSettings.DRAIN_TIMEOUT_MILLIS) int drainTimeoutMillis,
        Optional<MetricsSettings> metrics) implements ProcessSettings {

    ServerWorkerSettings {
        ProcessSettings.requireNotNegative("drainTimeoutMillis", drainTimeoutMillis);
    }
}
