package org.fedbiot.cli.process;

import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.observe.Look;
import org.fedbiot.cli.observe.WorkerListing;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Who works, or said so. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "List the processes that a cluster has heard of, what each is doing, and its last sign of life.")
public final class WorkerListCommand implements Callable<Integer> {

    @Mixin
    private ClusterOptions options;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        LogFile.open();
        List<WorkerListing> workers;
        try (Cluster cluster = options.open()) {
            workers = WorkerListing.of(Look.at(cluster.kafka()));
        }
        output.print(workers, () -> WorkerListing.table(workers, System.currentTimeMillis()));
        return ExitCode.OK.code();
    }
}
