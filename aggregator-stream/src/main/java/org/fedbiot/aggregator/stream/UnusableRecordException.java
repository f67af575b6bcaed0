package org.fedbiot.aggregator.stream;

/** A record that can never be used, whatever comes later: it belongs in the dead letters. The message is the reason. */
class UnusableRecordException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableRecordException(String reason) {
        super(reason);
    }

    UnusableRecordException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
