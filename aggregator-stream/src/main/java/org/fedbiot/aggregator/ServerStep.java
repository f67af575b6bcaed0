package org.fedbiot.aggregator;

import java.util.Arrays;
import java.util.Optional;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.ServerOptimiser;

/**
 * How a folded difference {@code d} moves the base {@code x}, for each element on its own, in double:
 *
 * <ul>
 * <li>NONE: {@code x + d}
 * <li>MOMENTUM: {@code m = b1*m + d}, then {@code x + r*m}, with m = 0 at first (Hsu et al., Measuring the Effects of
 * Non-Identical Data Distribution, arXiv 1909.06335; no dampening)
 * <li>FED_ADAM: {@code m = b1*m + (1-b1)*d}, {@code v = b2*v + (1-b2)*d^2}, then {@code x + r*m / (sqrt(v) + e)}, with
 * m = 0 and v = e^2 at first and no bias correction (Reddi et al., Adaptive Federated Optimization, arXiv 2003.00295,
 * Algorithm 2, whose tau is e, and whose first v is any of at least tau^2)
 * </ul>
 *
 * <p>New elements and new moments are each rounded to float once; the step uses this fold's moments before that.
 */
final class ServerStep {

    private final AggregationSettings settings;

    ServerStep(AggregationSettings settings) {
        this.settings = settings;
    }

    /**
     * @param state the moments, m before v, each as long as the base; empty at first
     * @throws IllegalArgumentException if the state is not of that length
     */
    ShardFold.Folded take(float[] base, double[] difference, Optional<float[]> state) {
        int moments = moments(settings.getServerOptimiser());
        state.filter(known -> known.length != moments * base.length).ifPresent(known -> {
            throw new IllegalArgumentException("the server optimiser's state has " + known.length + " elements, "
                    + settings.getServerOptimiser() + " needs " + moments + " for each of " + base.length);
        });
        return switch (settings.getServerOptimiser()) {
            case NONE -> plain(base, difference);
            case MOMENTUM -> momentum(base, difference, state.orElseGet(() -> new float[base.length]));
            case FED_ADAM -> adam(base, difference, state.orElseGet(() -> firstMoments(base.length)));
        };
    }

    /** Vectors as long as the base that it keeps from fold to fold. */
    static int moments(ServerOptimiser optimiser) {
        return switch (optimiser) {
            case NONE -> 0;
            case MOMENTUM -> 1;
            case FED_ADAM -> 2;
        };
    }

    private static ShardFold.Folded plain(float[] base, double[] difference) {
        float[] values = new float[base.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (base[i] + difference[i]);
        }
        return new ShardFold.Folded(values, Optional.empty());
    }

    private ShardFold.Folded momentum(float[] base, double[] difference, float[] state) {
        float[] values = new float[base.length];
        float[] next = new float[base.length];
        for (int i = 0; i < values.length; i++) {
            double first = settings.getServerBeta1() * state[i] + difference[i];
            values[i] = (float) (base[i] + settings.getServerLearningRate() * first);
            next[i] = (float) first;
        }
        return new ShardFold.Folded(values, Optional.of(next));
    }

    private ShardFold.Folded adam(float[] base, double[] difference, float[] state) {
        double beta1 = settings.getServerBeta1();
        double beta2 = settings.getServerBeta2();
        float[] values = new float[base.length];
        float[] next = new float[2 * base.length];
        for (int i = 0; i < values.length; i++) {
            double first = beta1 * state[i] + (1 - beta1) * difference[i];
            double second = beta2 * state[base.length + i] + (1 - beta2) * difference[i] * difference[i];
            values[i] = (float) (base[i]
                    + settings.getServerLearningRate() * first / (Math.sqrt(second) + settings.getServerEpsilon()));
            next[i] = (float) first;
            next[base.length + i] = (float) second;
        }
        return new ShardFold.Folded(values, Optional.of(next));
    }

    private float[] firstMoments(int elements) {
        float[] moments = new float[2 * elements];
        Arrays.fill(moments, elements, moments.length,
                (float) (settings.getServerEpsilon() * settings.getServerEpsilon()));
        return moments;
    }
}
