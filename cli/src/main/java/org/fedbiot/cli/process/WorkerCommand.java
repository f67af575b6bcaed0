package org.fedbiot.cli.process;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the workers. */
@Command(
        name = "worker",
        mixinStandardHelpOptions = true,
        description = "Run a server worker or a client, or list all.",
        subcommands = {ServerWorkerCommand.class, ClientWorkerCommand.class, WorkerListCommand.class})
public final class WorkerCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command: server, client or list");
    }
}
