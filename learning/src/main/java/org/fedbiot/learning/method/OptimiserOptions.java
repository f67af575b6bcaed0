package org.fedbiot.learning.method;

import org.fedbiot.learning.torch.AdamW;

/**
 * AdamW as both sides use it (fedbiot-method 1.9): no schedule but a warm-up, no clipping.
 *
 * @param learningRate step size
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param weightDecay decoupled
 */
public record OptimiserOptions(double learningRate, double beta1, double beta2, double weightDecay) {
    public OptimiserOptions {
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learningRate " + learningRate + " must be above 0");
        }
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
            throw new IllegalArgumentException("beta1 " + beta1 + " and beta2 " + beta2 + " must lie in [0, 1)");
        }
        if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
            throw new IllegalArgumentException("weightDecay " + weightDecay + " must be at least 0");
        }
    }

    /** Torch's epsilon, which no configuration of the method changes. */
    AdamW.Settings adamW() {
        return new AdamW.Settings(learningRate, beta1, beta2, 1e-8, weightDecay);
    }
}
