package org.fedbiot.cli;

import picocli.CommandLine;

/** Every exit code of the command line; docs/exit-codes.md has a section for each. */
public enum ExitCode {
    OK(0),
    /** Something that the caller can put right, said in one line; of {@code replay}, also bytes that differ. */
    USER_ERROR(1),
    /** Words that are no command. */
    USAGE(CommandLine.ExitCode.USAGE),
    /** The coordinator did not accept a run. */
    REFUSED(3),
    /** A run that was followed has failed. */
    RUN_FAILED(4),
    /** A run that was followed was cancelled. */
    RUN_CANCELLED(5),
    /** Broker, registry or coordinator did not answer in time. */
    NO_ANSWER(6),
    /** A data file has records that cannot be used. */
    UNUSABLE_RECORDS(7),
    /** A defect of this program. */
    DEFECT(70),
    /** A process that was told to end handed its task back, to be done again: EX_TEMPFAIL. */
    HANDED_BACK(75);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
