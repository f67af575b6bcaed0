package org.fedbiot.cli.local;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups what {@code infra/local-cluster} stands on. */
@Command(
        name = "local",
        mixinStandardHelpOptions = true,
        description = "Write the files of a secured cluster on this machine, and make it ready for clients;"
                + " infra/local-cluster starts and stops its processes.",
        subcommands = {LocalFilesCommand.class, LocalPrepareCommand.class})
public final class LocalCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command: files or prepare");
    }
}
