package org.fedbiot.cli.run;

import org.fedbiot.cli.exposure.ExposureCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands on runs. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Submit, follow, cancel, export, fork, archive, restore, delete or audit runs.",
        subcommands = {SubmitCommand.class, ListCommand.class, StatusCommand.class, WatchCommand.class,
            CancelCommand.class, ExportCommand.class, ForkCommand.class, ArchiveCommand.class, RestoreCommand.class,
            DeleteCommand.class, ExposureCommand.class})
public final class RunCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(),
                "name a command: " + String.join(", ", spec.subcommands().keySet()));
    }
}
