package org.fedbiot.learning;

import java.nio.file.Path;

/**
 * A file or setting that a person gave cannot be used. The message is one line: which file, which line, key or tensor,
 * what is wrong and what to do; a command prints it without a stack trace.
 */
public final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BadInputException(String message) {
        super(message);
    }

    public BadInputException(Path file, String what) {
        super(file + ": " + what);
    }

    public BadInputException(Path file, String what, Throwable cause) {
        super(file + ": " + what, cause);
    }
}
