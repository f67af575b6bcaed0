package org.fedbiot.cli.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.fedbiot.cli.UserError;

/** Sends logs to a file, so that the terminal shows the run itself. */
public final class LogFile {

    private static final String PROPERTY = "fedbiot.logFile";

    /** Which of logback.xml's appenders writes. */
    private static final String APPENDER = "fedbiot.log";

    private LogFile() {
    }

    /** Works until the first logger is made, so it comes first in a command; a second call keeps the first file. */
    public static void open() {
        System.setProperty(APPENDER, "file");
        if (System.getProperty(PROPERTY) != null) {
            return;
        }
        Path directory = Path.of(".fedbiot", "logs").toAbsolutePath();
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UserError(directory + ": cannot be made: " + e.getMessage(), e);
        }
        String stamp = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT));
        System.setProperty(PROPERTY,
                directory.resolve(stamp + "-" + ProcessHandle.current().pid() + ".log").toString());
    }

    /** Where the logs are, for messages. */
    public static String location() {
        return System.getProperty(PROPERTY, "standard error");
    }
}
