package org.fedbiot.learning.method;

/** The four models that a run compares (fedbiot-method 1.7). */
public enum EvaluatedModel {
    /** The full model as it was. */
    RAW_FULL,
    /** The compressed model without any LoRA. */
    RAW_COMPRESSED,
    /** Adapter on the aligned emulator: what a client could use alone. */
    ADAP_EMU,
    /** Adapter in the full model: the product. */
    ADAP_FU
}
