package org.fedbiot.worker;

/** Carries what the work threw from the worker's thread to the polling one. */
final class WorkFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WorkFailedException(Throwable cause) {
        super(cause);
    }
}
