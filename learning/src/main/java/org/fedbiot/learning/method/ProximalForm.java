package org.fedbiot.learning.method;

/** The constant before the proximal term (fedbiot-method 1.5). */
public enum ProximalForm {
    /** The paper's epsilon / 2. */
    HALF,
    /** The authors' code: epsilon. */
    FULL
}
