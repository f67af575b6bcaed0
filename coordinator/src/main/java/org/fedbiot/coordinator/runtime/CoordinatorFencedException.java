package org.fedbiot.coordinator.runtime;

/** Another coordinator was started and has taken over; this one must not decide any more. */
public final class CoordinatorFencedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CoordinatorFencedException(Throwable cause) {
        super("another coordinator took over under transactional id " + CoordinatorProcess.NAME + ", so this one "
                + "stops; run one coordinator per cluster", cause);
    }
}
