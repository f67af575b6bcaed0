package org.fedbiot.cli.model;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands on models. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        description = "Get, list, make and inspect models.",
        subcommands = {PullCommand.class, ListCommand.class, PretrainCommand.class, InspectCommand.class})
public final class ModelCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command: pull, list, pretrain or inspect");
    }
}
