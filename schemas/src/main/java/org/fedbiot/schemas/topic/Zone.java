package org.fedbiot.schemas.topic;

/** Trust zones of the topics. */
public enum Zone {
    /** Operators ask. */
    COMMAND,
    /** The coordinator decides; server side only. */
    DECISION,
    /** What every client may read. */
    ANNOUNCE,
    /** What clients hand in; read by the aggregator only. */
    SUBMIT,
    /** What screening said of it. */
    VERDICT,
    /** What server workers found, what folds leave for forks, and what operators worked out from the log. */
    RESULT,
    /** Signs of life and scalars of clients. */
    PRESENCE,
    /** Progress of server-side processes. */
    STATUS,
    /** Records that could not be used. */
    DEAD_LETTER,
    /** The embedded registry's own. */
    REGISTRY
}
