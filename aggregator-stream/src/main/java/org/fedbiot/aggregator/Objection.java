package org.fedbiot.aggregator;

import org.fedbiot.schemas.event.RejectReason;

/**
 * Why a record does not count.
 *
 * @param reason the code for it
 * @param detail what was found and what was expected
 * @param genuine whether the record is shown to be its client's own. What is not can be anybody's: it is turned away,
 *     and says nothing about the client's update, or a forger could veto a client
 */
public record Objection(RejectReason reason, String detail, boolean genuine) {

    static Objection forged(RejectReason reason, String detail) {
        return new Objection(reason, detail, false);
    }

    static Objection unfit(RejectReason reason, String detail) {
        return new Objection(reason, detail, true);
    }

    /** For people: the code and the detail. */
    public String text() {
        return reason + ": " + detail;
    }
}
