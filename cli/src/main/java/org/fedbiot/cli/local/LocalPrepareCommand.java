package org.fedbiot.cli.local;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.output.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Opens a local cluster to its processes and clients. */
@Command(
        name = "prepare",
        mixinStandardHelpOptions = true,
        description = "Wait for the brokers of a cluster on this machine, write its access rules, and register its"
                + " clients' keys. May be done again.")
public final class LocalPrepareCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "DIR", description = "From fedbiot local files.")
    private Path directory;

    @Mixin
    private Output output;

    /** What is ready; the names of its JSON are public. */
    private record Ready(String cluster) {
    }

    @Override
    public Integer call() {
        LocalClusterAccess.prepare(directory);
        String cluster = directory.resolve("operator.yaml").toString();
        output.print(new Ready(cluster), () -> List.of("ready: " + cluster));
        return 0;
    }
}
