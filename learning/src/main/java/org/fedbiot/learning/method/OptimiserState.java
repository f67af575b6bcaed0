package org.fedbiot.learning.method;

/** Whether AdamW's moments survive from one alignment to the next (fedbiot-method 6.2). */
public enum OptimiserState {
    /** Fresh moments each time; the first step then has the size of the rate. */
    RESET,
    /** Moments go on from the last alignment. */
    KEPT
}
