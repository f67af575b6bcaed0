package org.fedbiot.learning.model;

/** Type of the base weights in memory; LoRA factors, optimiser state and losses are fp32 in both. */
public enum BaseType {
    FLOAT32(4),
    BFLOAT16(2);

    private final int bytes;

    BaseType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
