package org.fedbiot.learning.method;

/**
 * A loss or a factor became NaN or infinite. The work stops: a skipped step would leave a result that looks like a good
 * one (fedbiot-method 1.4 skips, this does not).
 */
public final class NonFiniteLossException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private NonFiniteLossException(String where, String what, double value, String remedy) {
        super(where + ": " + what + " is " + value + "; " + remedy);
    }

    static NonFiniteLossException inTraining(String where, String what, double value, double learningRate) {
        return new NonFiniteLossException(where, what, value, "lower the learning rate (now " + learningRate
                + ") or hold the base weights in fp32");
    }

    /** A model's score; only a trained model can be put right by training it otherwise. */
    static NonFiniteLossException inEvaluation(String where, EvaluatedModel model, double value) {
        return new NonFiniteLossException(where, "the negative log-likelihood of " + model, value, switch (model) {
            case RAW_FULL, RAW_COMPRESSED -> "hold the base weights in fp32, and see whether the model's files are sound";
            case ADAP_EMU, ADAP_FU -> "lower the learning rates of training and alignment, or hold the base weights in"
                    + " fp32";
        });
    }
}
