package org.fedbiot.learning.method;

/**
 * A loss or a factor became NaN or infinite. The work stops: a skipped step would leave a result that looks like a good
 * one (fedbiot-method 1.4 skips, this does not).
 */
public final class NonFiniteLossException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NonFiniteLossException(String where, String what, double value, double learningRate) {
        super(where + ": " + what + " is " + value + "; lower the learning rate (now " + learningRate
                + ") or hold the base weights in fp32");
    }
}
