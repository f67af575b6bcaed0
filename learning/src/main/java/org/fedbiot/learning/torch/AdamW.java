package org.fedbiot.learning.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * torch.optim.AdamW on fp32 leaves, operation by operation (the binding's own differs in epsilon and clipping). Owns
 * its moments; the parameters stay the caller's and change in place.
 */
public final class AdamW implements AutoCloseable {
    /** Hyper-parameters; torch's defaults are betas .9/.999, epsilon 1e-8, weight decay .01. */
    public record Settings(double learningRate, double beta1, double beta2, double epsilon, double weightDecay) {
        public Settings {
            if (!(learningRate >= 0) || !(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(epsilon >= 0) || !(weightDecay >= 0)) {
                throw new IllegalArgumentException("AdamW wants a rate, epsilon and decay of 0 or more and betas in [0, 1) but got rate "
                        + learningRate + ", betas " + beta1 + " " + beta2 + ", epsilon " + epsilon + ", decay " + weightDecay);
            }
        }
    }

    /** What a later optimiser needs to go on: steps done, and both moments concatenated in parameter order. */
    public record State(int steps, float[] firstMoments, float[] secondMoments) {}

    private final Settings settings;
    private final List<NDArray> parameters;
    private final NDManager manager;
    private final List<NDArray> first = new ArrayList<>();
    private final List<NDArray> second = new ArrayList<>();
    private int steps;

    /** Starts with zero moments, which live in a manager of its own under {@code parent}. */
    public AdamW(NDManager parent, Settings settings, List<NDArray> parameters) {
        this.settings = settings;
        this.parameters = List.copyOf(parameters);
        this.manager = parent.newSubManager();
        for (NDArray parameter : parameters) {
            first.add(manager.zeros(parameter.getShape()));
            second.add(manager.zeros(parameter.getShape()));
        }
    }

    /** One step at the settings' rate with the gradients that the leaves hold. */
    public void step() {
        step(settings.learningRate());
    }

    /** One step at another rate, for a schedule. */
    public void step(double learningRate) {
        steps++;
        double correction1 = 1 - Math.pow(settings.beta1(), steps);
        double correction2 = 1 - Math.pow(settings.beta2(), steps);
        double[] coefficients = {
            1 - learningRate * settings.weightDecay(), 1 - settings.beta1(), settings.beta2(), 1 - settings.beta2(),
            Math.sqrt(correction2), settings.epsilon(), -learningRate / correction1
        };
        try (NDArray c = Primitives.shared().numbers(coefficients)) {
            for (int i = 0; i < parameters.size(); i++) {
                try (NDArray gradient = Gradients.of(parameters.get(i))) {
                    Primitives.shared().adamw(parameters.get(i), gradient, first.get(i), second.get(i), c);
                }
            }
        }
    }

    /** A copy of the moments. */
    public State state() {
        return new State(steps, concatenated(first), concatenated(second));
    }

    /** Goes on from a state of an optimiser over parameters of the same sizes in the same order. */
    public void restore(State state) {
        assign(first, state.firstMoments(), "first moments");
        assign(second, state.secondMoments(), "second moments");
        steps = state.steps();
    }

    private static float[] concatenated(List<NDArray> arrays) {
        FloatBuffer all = FloatBuffer.allocate(Math.toIntExact(size(arrays)));
        for (NDArray array : arrays) {
            all.put(HostValues.floats(array));
        }
        return all.array();
    }

    private static void assign(List<NDArray> arrays, float[] values, String what) {
        if (size(arrays) != values.length) {
            throw new IllegalArgumentException("AdamW state has " + values.length + " " + what + " but the parameters have " + size(arrays) + " elements");
        }
        FloatBuffer from = FloatBuffer.wrap(values);
        for (NDArray array : arrays) {
            float[] part = new float[Math.toIntExact(array.size())];
            from.get(part);
            array.set(part);
        }
    }

    private static long size(List<NDArray> arrays) {
        return arrays.stream().mapToLong(NDArray::size).sum();
    }

    @Override
    public void close() {
        manager.close();
    }
}
