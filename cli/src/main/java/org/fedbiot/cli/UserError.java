package org.fedbiot.cli;

import java.util.Objects;

/** Something that the person at the keyboard can put right: shown as one line, without a stack trace. */
public final class UserError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    public UserError(String message) {
        this(ExitCode.USER_ERROR, message, null);
    }

    public UserError(String message, Throwable cause) {
        this(ExitCode.USER_ERROR, message, cause);
    }

    /** @param code that the command ends with */
    public UserError(ExitCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    public ExitCode code() {
        return code;
    }
}
