package org.fedbiot.cli.events;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands on events. */
@Command(
        name = "events",
        mixinStandardHelpOptions = true,
        description = "Read the topics.",
        subcommands = {TailCommand.class})
public final class EventsCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command: tail");
    }
}
