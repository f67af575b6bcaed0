package org.fedbiot.aggregator.stream;

import org.fedbiot.aggregator.fact.VersionObjection;

/** A record that cannot be used, and without which an adapter version cannot be: the run that waits for it must hear. */
final class UnfitVersionException extends UnusableRecordException {

    private static final long serialVersionUID = 1L;

    private final VersionObjection objection;

    UnfitVersionException(String runId, int version, int round, UnusableRecordException cause) {
        super(cause.getMessage(), cause);
        this.objection = new VersionObjection(runId, version, round, cause.getMessage());
    }

    VersionObjection objection() {
        return objection;
    }
}
