package org.fedbiot.observer;

/** What has become of a client in a round. */
public enum Verdict {
    /** Called, and not heard of since. */
    CALLED,
    TRAINING,
    /** Parts of its update are on the broker. */
    SENDING,
    /** Its update passed screening; the round is still open. */
    ACCEPTED,
    /** Its update is in the new adapter. */
    COUNTED,
    /** Its update was refused by screening. */
    REJECTED,
    /** Its update came after the close. */
    LATE,
    /** It said that it cannot do the round. */
    FAILED,
    /** It left before it handed in anything. */
    LEFT,
    /** The round was closed, or its run ended, without a word of it. */
    MISSING;

    /** Whether the round still waits for this client. */
    public boolean isAwaited() {
        return this == CALLED || this == TRAINING || this == SENDING || this == LEFT;
    }

    /** Whether the update counts, or will when the round closes. */
    public boolean isIn() {
        return this == ACCEPTED || this == COUNTED;
    }
}
