package org.fedbiot.cli.data;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands on data files. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description = "Check and make data files.",
        subcommands = {CheckCommand.class, LabelCommand.class, RandomCommand.class})
public final class DataCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command: check, label, random");
    }
}
