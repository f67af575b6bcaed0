package org.fedbiot.learning.method;

import java.util.Objects;

/**
 * How the emulator is distilled (fedbiot-method 1.4, 6.2). The number of steps belongs to the call, since the
 * pre-alignment and later ones differ in it.
 *
 * @param batchSize public records per step
 * @param microBatchTokens memory bound: a batch is cut into pieces of at most so many tokens (at least one record)
 * @param optimiser rate, betas and decay
 * @param warmupSteps steps at the start of each alignment that are below the full rate, step i (from 0) at
 *     (i + 1) / (warmupSteps + 1) of it
 * @param klWeight lambda; 0 leaves out adapter, head and logits in the steps;
 *     what is measured on held-out text has the KL all the same
 * @param temperature both logits are divided by it; no temperature-squared factor
 * @param positions which positions count, in L2 and in KL
 * @param teacherAdapter the adapter in the full model
 * @param optimiserState whether moments go on from the last alignment
 */
public record AlignmentOptions(int batchSize, int microBatchTokens, OptimiserOptions optimiser, int warmupSteps,
        double klWeight, double temperature, AlignmentPositions positions, TeacherAdapter teacherAdapter,
        OptimiserState optimiserState) {
    public AlignmentOptions {
        if (batchSize < 1 || microBatchTokens < 1) {
            throw new IllegalArgumentException("batchSize " + batchSize + " and microBatchTokens " + microBatchTokens
                    + " must be at least 1");
        }
        Objects.requireNonNull(optimiser, "optimiser");
        if (warmupSteps < 0) {
            throw new IllegalArgumentException("warmupSteps " + warmupSteps + " must be at least 0");
        }
        if (!(klWeight >= 0) || Double.isInfinite(klWeight)) {
            throw new IllegalArgumentException("klWeight " + klWeight + " must be at least 0");
        }
        if (!(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature " + temperature + " must be above 0");
        }
        Objects.requireNonNull(positions, "positions");
        Objects.requireNonNull(teacherAdapter, "teacherAdapter");
        Objects.requireNonNull(optimiserState, "optimiserState");
    }

    /** The rate of a step, counted from 0 within this alignment. */
    double learningRate(int step) {
        return optimiser.learningRate() * Math.min(1.0, (step + 1.0) / (warmupSteps + 1.0));
    }
}
