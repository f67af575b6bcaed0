package org.fedbiot.learning.method;

/** What the proximal term measures (fedbiot-method 1.5, 6.2). */
public enum ProximalSpace {
    /** The change of the merged weights, scale * (BA - B0 A0). */
    PRODUCT,
    /** The change of A and of B; cheaper, but not the paper's. */
    FACTORS
}
