package org.fedbiot.cli.process;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.fedbiot.cli.cluster.ClusterSettings;
import org.fedbiot.cli.monitoring.MetricsSettings;
import org.fedbiot.cli.settings.DefaultValue;

/**
 * A client process' file.
 *
 * @param clients whom it serves: one owner of private text, or several in a simulation
 * @param cacheDirectory where compressed models that were fetched are kept, in a directory for each client
 * @param device what it computes on: cpu, cuda or cuda:n
 * @param coresDirectory the same for all workers of a machine that share its cores; without it a worker counts its own
 * @param drainTimeoutMillis how long a round in hand may take to its end once the process is told to end
 * @param metrics where metrics and health are shown; nowhere without it
 */
record ClientWorkerSettings(
        ClusterSettings cluster,
        List<ServedClient> clients,
        Path cacheDirectory,
        @DefaultValue("cpu") String device,
        Optional<Path> coresDirectory,
        @DefaultValue(ProcessSettings.DRAIN_TIMEOUT_MILLIS) int drainTimeoutMillis,
        Optional<MetricsSettings> metrics) implements ProcessSettings {

    ClientWorkerSettings {
        ChosenDevice.requireName(device);
        ProcessSettings.requireNotNegative("drainTimeoutMillis", drainTimeoutMillis);
        clients = List.copyOf(clients);
        if (clients.isEmpty()) {
            throw new IllegalArgumentException("clients names nobody");
        }
        Set<String> ids = new HashSet<>();
        clients.forEach(client -> {
            if (!ids.add(client.id())) {
                throw new IllegalArgumentException("clients names " + client.id() + " twice");
            }
        });
    }

    @Override
    public void verifyFiles() {
        clients.forEach(ServedClient::readKey);
    }
}
