package org.fedbiot.learning.method;

import java.util.Objects;

/**
 * A client's work in one round (fedbiot-method 1.5).
 *
 * @param steps optimiser steps
 * @param batchSize records per step
 * @param microBatchTokens memory bound: a batch is cut into pieces of at most so many tokens (at least one record)
 * @param optimiser rate, betas and decay; its moments are fresh each round
 * @param proximalWeight epsilon; 0 for no proximal term
 * @param proximalForm half or full epsilon
 * @param proximalSpace merged weights or factors
 */
public record TrainingOptions(int steps, int batchSize, int microBatchTokens, OptimiserOptions optimiser,
        double proximalWeight, ProximalForm proximalForm, ProximalSpace proximalSpace) {
    public TrainingOptions {
        if (steps < 1 || batchSize < 1 || microBatchTokens < 1) {
            throw new IllegalArgumentException("steps " + steps + ", batchSize " + batchSize + " and microBatchTokens "
                    + microBatchTokens + " must be at least 1");
        }
        Objects.requireNonNull(optimiser, "optimiser");
        if (!(proximalWeight >= 0) || Double.isInfinite(proximalWeight)) {
            throw new IllegalArgumentException("proximalWeight " + proximalWeight + " must be at least 0");
        }
        Objects.requireNonNull(proximalForm, "proximalForm");
        Objects.requireNonNull(proximalSpace, "proximalSpace");
    }
}
