package org.fedbiot.cli.access;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands on access rules. */
@Command(
        name = "acl",
        mixinStandardHelpOptions = true,
        description = "Who may do what on a cluster, by the topic catalogue.",
        subcommands = {AclPrintCommand.class, AclApplyCommand.class})
public final class AclCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command: print or apply");
    }
}
