package org.fedbiot.cli.process;

import org.fedbiot.cli.cluster.ClusterSettings;

/** A coordinator's file. */
record CoordinatorSettings(ClusterSettings cluster) implements ProcessSettings {
}
