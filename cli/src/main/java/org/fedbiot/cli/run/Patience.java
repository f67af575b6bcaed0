package org.fedbiot.cli.run;

import java.time.Duration;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.UserError;
import picocli.CommandLine.Option;

/** How long a command waits for the coordinator. */
final class Patience {

    @Option(names = "--wait", paramLabel = "SECONDS", defaultValue = "30",
            description = "How long to wait for the coordinator's answer (default: ${DEFAULT-VALUE}).")
    private int seconds;

    Duration duration() {
        if (seconds < 1) {
            throw new UserError("--wait " + seconds + ": at least 1 second is needed for an answer");
        }
        return Duration.ofSeconds(seconds);
    }

    /** @param request that stands in the log, and what becomes of it there */
    UserError exhausted(String request) {
        return new UserError(ExitCode.NO_ANSWER, "no coordinator answered within " + seconds + " s; " + request, null);
    }
}
