package org.fedbiot.cli.process;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands on clients' keys. */
@Command(
        name = "key",
        mixinStandardHelpOptions = true,
        description = "Make and register the keys that clients sign with.",
        subcommands = {KeyGenerateCommand.class, KeyRegisterCommand.class})
public final class KeyCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command: generate or register");
    }
}
