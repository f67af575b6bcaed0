package org.fedbiot.cli.process;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a client's key. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = "Make a client's signing key. The file stays with the client.")
public final class KeyGenerateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--id", required = true, paramLabel = "ID", description = "The client's id.")
    private String id;

    @Option(names = "--to", required = true, paramLabel = "FILE", description = "Where to write it; must not be there.")
    private Path to;

    @Override
    public Integer call() {
        ClientKeyFile made = ClientKeyFile.generate(id, to);
        PrintWriter out = spec.commandLine().getOut();
        out.println(made.key().keyId());
        out.flush();
        return 0;
    }
}
