package org.fedbiot.worker.version;

/** A manifest or payload that an event names is not in its topic, or is not what its hash says. */
public final class PayloadMissingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PayloadMissingException(String message) {
        super(message);
    }
}
