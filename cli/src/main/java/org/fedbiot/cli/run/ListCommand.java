package org.fedbiot.cli.run;

import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.observe.Look;
import org.fedbiot.cli.observe.RunListing;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Which runs there are. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "List the runs that a cluster knows, and what each is doing.")
public final class ListCommand implements Callable<Integer> {

    @Mixin
    private ClusterOptions options;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        LogFile.open();
        List<RunListing> runs;
        try (Cluster cluster = options.open()) {
            runs = RunListing.of(Look.at(cluster.kafka()), System.currentTimeMillis());
        }
        output.print(runs, () -> RunListing.table(runs));
        return ExitCode.OK.code();
    }
}
