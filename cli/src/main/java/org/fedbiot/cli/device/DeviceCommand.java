package org.fedbiot.cli.device;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands on what is computed on. */
@Command(
        name = "device",
        mixinStandardHelpOptions = true,
        description = "Check a device before work is given to it.",
        subcommands = {DeviceCheckCommand.class})
public final class DeviceCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command: check");
    }
}
