package org.fedbiot.learning.method;

/** How replies are generated for exact match. */
public enum Decoding {
    /** The likeliest token. */
    GREEDY,
    /** Seeded sampling by temperature and top-p. */
    SAMPLED
}
