package org.fedbiot.worker;

/** Carries an interruption through code of the method, which knows nothing of workers that close. */
public final class ClosedDuringWorkException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClosedDuringWorkException() {
        super("the worker is closed");
    }
}
