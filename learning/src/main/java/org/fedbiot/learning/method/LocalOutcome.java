package org.fedbiot.learning.method;

import org.fedbiot.learning.model.FactorVector;

/**
 * A client's update. Losses are without the proximal term, mean over the reply tokens of a step's batch.
 *
 * @param difference trained minus announced adapter
 * @param processedSamples records processed, with repetition
 * @param firstLoss of the first step
 * @param meanLoss over the steps
 * @param lastLoss of the last step
 */
public record LocalOutcome(FactorVector difference, int processedSamples, double firstLoss, double meanLoss,
        double lastLoss) {
}
