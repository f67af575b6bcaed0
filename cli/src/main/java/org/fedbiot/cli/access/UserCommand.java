package org.fedbiot.cli.access;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands on users who log in with a password. */
@Command(
        name = "user",
        mixinStandardHelpOptions = true,
        description = "Users of a cluster who log in with a password (SCRAM-SHA-512).",
        subcommands = {UserAddCommand.class, UserRemoveCommand.class})
public final class UserCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command: add or remove");
    }
}
