package org.fedbiot.worker;

/** Failures in the one line that an event has for them. */
public final class OneLine {

    private OneLine() {
    }

    /** What went wrong, for a person: the message's first line, or what kind of failure it was. */
    public static String of(Throwable failure) {
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        return message.lines().findFirst().orElse(message).strip();
    }
}
