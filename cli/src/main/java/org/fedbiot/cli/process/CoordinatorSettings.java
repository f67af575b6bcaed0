package org.fedbiot.cli.process;

import java.util.Optional;
import org.fedbiot.cli.cluster.ClusterSettings;
import org.fedbiot.cli.monitoring.MetricsSettings;

/**
 * A coordinator's file.
 *
 * @param metrics where metrics and health are shown; nowhere without it
 */
record CoordinatorSettings(ClusterSettings cluster, Optional<MetricsSettings> metrics) implements ProcessSettings {
}
