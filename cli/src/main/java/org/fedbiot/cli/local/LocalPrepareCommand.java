package org.fedbiot.cli.local;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Opens a local cluster to its processes and clients. */
@Command(
        name = "prepare",
        mixinStandardHelpOptions = true,
        description = "Wait for the brokers of a cluster on this machine, write its access rules, and register its"
                + " clients' keys. May be done again.")
public final class LocalPrepareCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "DIR", description = "From fedbiot local files.")
    private Path directory;

    @Override
    public Integer call() {
        LocalClusterAccess.prepare(directory);
        PrintWriter out = spec.commandLine().getOut();
        out.println("ready: " + directory.resolve("operator.yaml"));
        out.flush();
        return 0;
    }
}
