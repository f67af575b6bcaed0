package org.fedbiot.observer;

/** Where a run stands. */
public enum RunPhase {
    /** Asked for, not answered yet. */
    SUBMITTED,
    /** Not accepted. */
    REFUSED,
    /** The full model is cut and the emulator aligned for the first time. */
    COMPRESSING,
    /** Nothing is under way: a task or a round is about to be announced, or too few clients are there for a round. */
    BETWEEN_ROUNDS,
    /** Clients train. */
    ROUND_OPEN,
    /** The aggregator folds the counted updates. */
    FOLDING,
    ALIGNING,
    EVALUATING,
    EXPORTING,
    /** The product is there; clients still score it on their own text. */
    SCORING,
    ENDED
}
