package org.fedbiot.coordinator;

/** An input that no state could use: it is malformed in itself and belongs to the dead letters. */
public final class UnusableInputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnusableInputException(String message) {
        super(message);
    }
}
