package org.fedbiot.schemas.topic;

/** What the broker may remove from a topic by itself. */
public enum Cleanup {
    /** Nothing: the log is the truth. */
    KEEP,
    /** All but the latest record of a key. */
    COMPACT
}
