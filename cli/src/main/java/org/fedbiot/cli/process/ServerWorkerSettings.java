package org.fedbiot.cli.process;

import java.nio.file.Path;
import org.fedbiot.cli.cluster.ClusterSettings;

/**
 * A server worker's file.
 *
 * @param id its name; each worker has its own
 * @param exportDirectory gets a directory for each run, with the adapter and the merged model
 */
record ServerWorkerSettings(ClusterSettings cluster, String id, Path exportDirectory) implements ProcessSettings {
}
