package org.fedbiot.cli.process;

import java.nio.file.Path;
import java.util.Optional;
import org.fedbiot.cli.cluster.ClusterSettings;
import org.fedbiot.cli.monitoring.MetricsSettings;
import org.fedbiot.cli.settings.DefaultValue;

/**
 * An aggregator's file.
 *
 * @param stateDirectory what it has at hand; its own, rebuilt from the log if it is lost
 * @param threads of work; more than there are shard partitions are of no use
 * @param metrics where metrics and health are shown; nowhere without it
 */
record AggregatorSettings(
        ClusterSettings cluster,
        Path stateDirectory,
        @DefaultValue("1") int threads,
        Optional<MetricsSettings> metrics) implements ProcessSettings {

    AggregatorSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is at least 1, not " + threads);
        }
    }
}
