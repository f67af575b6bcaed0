package org.fedbiot.coordinator.runtime;

/** What a coordinator process is doing. */
public enum Standing {

    /** It has not been started, or waits for its group to answer. */
    STARTING,

    /** Another coordinator decides; this one takes over when that one goes. */
    STANDING_BY,

    /** Its turn has come, and it reads the decision log to the end. */
    READING,

    /** It decides. */
    DECIDING,

    /** It has ended. */
    ENDED
}
