package org.fedbiot.learning.method;

import java.util.Objects;

/**
 * What is measured on an evaluation set (fedbiot-method 1.7).
 *
 * @param batchTokens memory bound of one forward pass
 * @param exactMatchRecords the first so many records are also generated; 0 for none
 * @param maxNewTokens bound of a generated reply
 * @param decoding greedy or sampled
 * @param decodingTemperature of sampled decoding
 * @param decodingTopP of sampled decoding
 */
public record EvaluationOptions(int batchTokens, int exactMatchRecords, int maxNewTokens, Decoding decoding,
        double decodingTemperature, double decodingTopP) {
    public EvaluationOptions {
        if (batchTokens < 1 || maxNewTokens < 1 || exactMatchRecords < 0) {
            throw new IllegalArgumentException("batchTokens " + batchTokens + " and maxNewTokens " + maxNewTokens
                    + " must be at least 1, exactMatchRecords " + exactMatchRecords + " at least 0");
        }
        Objects.requireNonNull(decoding, "decoding");
        if (!(decodingTemperature > 0) || !(decodingTopP > 0 && decodingTopP <= 1)) {
            throw new IllegalArgumentException("decodingTemperature " + decodingTemperature
                    + " must be above 0 and decodingTopP " + decodingTopP + " in (0, 1]");
        }
    }

    /** Likelihood alone, nothing generated. */
    public static EvaluationOptions likelihood(int batchTokens) {
        return new EvaluationOptions(batchTokens, 0, 1, Decoding.GREEDY, 1, 1);
    }
}
