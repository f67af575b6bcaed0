package org.fedbiot.cli.process;

import java.nio.file.Path;
import java.util.Optional;
import org.fedbiot.cli.cluster.ClusterSettings;
import org.fedbiot.cli.monitoring.MetricsSettings;
import org.fedbiot.cli.settings.DefaultValue;
import org.fedbiot.worker.server.QueueChoice;

/**
 * A server worker's file.
 *
 * @param id its name; each worker has its own
 * @param exportDirectory gets a directory for each run, with the adapter and the merged model
 * @param queue where its tasks come from; all workers of a cluster have the same
 * @param device what it computes on: cpu, cuda or cuda:n
 * @param coresDirectory the same for all workers of a machine that share its cores; without it a worker counts its own
 * @param drainTimeoutMillis how long a task in hand may take to its end once the worker is told to end
 * @param metrics where metrics and health are shown; nowhere without it
 */
record ServerWorkerSettings(
        ClusterSettings cluster,
        String id,
        Path exportDirectory,
        @DefaultValue("AUTO") QueueChoice queue,
        @DefaultValue("cpu") String device,
        Optional<Path> coresDirectory,
        @DefaultValue(ProcessSettings.DRAIN_TIMEOUT_MILLIS) int drainTimeoutMillis,
        Optional<MetricsSettings> metrics) implements ProcessSettings {

    ServerWorkerSettings {
        ChosenDevice.requireName(device);
        ProcessSettings.requireNotNegative("drainTimeoutMillis", drainTimeoutMillis);
    }
}
