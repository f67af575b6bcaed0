package org.fedbiot.cli.model;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Fetches a model by name. */
@Command(
        name = "pull",
        mixinStandardHelpOptions = true,
        description = "Fetch a model, check it, and say where it is.")
public final class PullCommand implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "Such as " + ModelPull.SMOLLM2 + ".")
    private String name;

    @Override
    public Integer call() {
        ModelPull.Pulled pulled = ModelPull.standard(System.err::println).pull(name);
        System.out.printf("%s%n  at      %s%n  from    %s%n  weights %s%n", pulled.name(), pulled.location(),
                pulled.source(), pulled.sha256());
        return 0;
    }
}
