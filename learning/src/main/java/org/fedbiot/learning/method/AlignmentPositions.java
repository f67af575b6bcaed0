package org.fedbiot.learning.method;

/** Which token positions count in the alignment losses (fedbiot-method 6.2). Padding never does: there is none. */
public enum AlignmentPositions {
    /** Every position. */
    ALL,
    /** Positions that predict a reply token. */
    RESPONSE
}
