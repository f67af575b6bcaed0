package org.fedbiot.cli;

import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.access.AclCommand;
import org.fedbiot.cli.access.CertificateCommand;
import org.fedbiot.cli.access.StrimziCommand;
import org.fedbiot.cli.access.TopicsCommand;
import org.fedbiot.cli.access.UserCommand;
import org.fedbiot.cli.dashboard.DashboardCommand;
import org.fedbiot.cli.data.DataCommand;
import org.fedbiot.cli.device.DeviceCommand;
import org.fedbiot.cli.events.EventsCommand;
import org.fedbiot.cli.experiment.ExperimentCommand;
import org.fedbiot.cli.local.LocalCommand;
import org.fedbiot.cli.model.ModelCommand;
import org.fedbiot.cli.process.AggregatorCommand;
import org.fedbiot.cli.process.BrokerCommand;
import org.fedbiot.cli.process.CoordinatorCommand;
import org.fedbiot.cli.process.KeyCommand;
import org.fedbiot.cli.process.RegistryCommand;
import org.fedbiot.cli.process.WorkerCommand;
import org.fedbiot.cli.quickstart.QuickstartCommand;
import org.fedbiot.cli.replay.ReplayCommand;
import org.fedbiot.cli.run.RunCommand;
import org.fedbiot.cli.runreport.ReportCommand;
import org.fedbiot.cli.tracking.TrackCommand;
import org.fedbiot.learning.BadInputException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Results go to standard output, progress and errors to standard error. */
@Command(
        name = "fedbiot",
        mixinStandardHelpOptions = true,
        version = "fedbiot 0.1.0",
        description = "Federated fine-tuning where nobody gives away data and nobody gives away the model.",
        subcommands = {QuickstartCommand.class, ExperimentCommand.class, ReplayCommand.class, ModelCommand.class,
            BrokerCommand.class, RegistryCommand.class, CoordinatorCommand.class, AggregatorCommand.class,
            WorkerCommand.class, KeyCommand.class, LocalCommand.class, RunCommand.class, DataCommand.class,
            EventsCommand.class, AclCommand.class, UserCommand.class, CertificateCommand.class, DeviceCommand.class,
            TrackCommand.class, DashboardCommand.class, ReportCommand.class, TopicsCommand.class,
            StrimziCommand.class, CompletionCommand.class})
public final class Main {

    /** Exit code of an error that the caller can put right. */
    public static final int USER_ERROR = ExitCode.USER_ERROR.code();

    private Main() {
    }

    public static void main(String[] args) {
        int code = commandLine().execute(args);
        System.err.flush();
        System.out.flush();
        // Native threads of the engine must not keep a finished command alive.
        System.exit(code);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, commandLine, parsed) -> report(e, commandLine));
    }

    private static String oneLine(Exception e) {
        return String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static int report(Exception e, CommandLine commandLine) {
        if (e instanceof UserError || e instanceof BadInputException) {
            commandLine.getErr().println("fedbiot: " + oneLine(e));
            return e instanceof UserError error ? error.code().code() : USER_ERROR;
        }
        if (e instanceof KafkaException) {
            commandLine.getErr().println("fedbiot: the cluster does not answer as it should: " + oneLine(e));
            return ExitCode.NO_ANSWER.code();
        }
        e.printStackTrace(commandLine.getErr());
        return ExitCode.DEFECT.code();
    }
}
