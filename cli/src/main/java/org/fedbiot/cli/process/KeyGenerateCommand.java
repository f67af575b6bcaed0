package org.fedbiot.cli.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fedbiot.cli.output.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a client's key. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = "Make a client's signing key. The file stays with the client.")
public final class KeyGenerateCommand implements Callable<Integer> {

    @Option(names = "--id", required = true, paramLabel = "ID", description = "The client's id.")
    private String id;

    @Option(names = "--to", required = true, paramLabel = "FILE", description = "Where to write it; must not be there.")
    private Path to;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        ClientKeyFile made = ClientKeyFile.generate(id, to);
        output.print(Map.of("clientId", made.clientId(), "keyId", made.key().keyId(), "file", to.toString()),
                () -> List.of(made.key().keyId()));
        return 0;
    }
}
