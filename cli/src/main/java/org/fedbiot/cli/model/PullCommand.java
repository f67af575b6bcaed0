package org.fedbiot.cli.model;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fedbiot.cli.output.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Fetches a model by name. */
@Command(
        name = "pull",
        mixinStandardHelpOptions = true,
        description = "Fetch a model, check it, and say where it is.")
public final class PullCommand implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "Such as " + ModelPull.SMOLLM2 + ".")
    private String name;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        ModelPull.Pulled pulled = ModelPull.standard(System.err::println).pull(name);
        output.print(Map.of("name", pulled.name(), "location", pulled.location().toString(), "source",
                pulled.source(), "sha256", pulled.sha256()), () -> List.of(pulled.name(),
                        "  at      " + pulled.location(), "  from    " + pulled.source(),
                        "  weights " + pulled.sha256()));
        return 0;
    }
}
