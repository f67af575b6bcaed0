package org.fedbiot.schemas.wire;

import org.apache.kafka.common.errors.SerializationException;

/** The schema registry refused a request or gave no answer. */
public final class RegistryException extends SerializationException {

    private static final long serialVersionUID = 1L;

    private final int httpStatus;

    RegistryException(String message, int httpStatus, Throwable cause) {
        super(message, cause);
        this.httpStatus = httpStatus;
    }

    /** HTTP status of the refusal; 0 where no registry answered, so that asking again later may help. */
    public int httpStatus() {
        return httpStatus;
    }
}
