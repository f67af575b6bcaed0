package org.fedbiot.learning.data.generated;

import java.util.Arrays;

/**
 * Tokens to learn from; {@code weights[i]} is the share of predicting {@code tokens[i]} in the loss. The first weight is
 * zero, since nothing comes before.
 */
public record WeightedSequence(int[] tokens, float[] weights) {
    private static final float PROMPT_WEIGHT = 0.1f;
    private static final float REPLY_WEIGHT = 1;

    public int length() {
        return tokens.length;
    }

    /** Puts a sequence together, piece by piece, from words. */
    static final class Builder {
        private int[] tokens = {Vocabulary.BOS};
        private float[] weights = {0};

        Builder prompt(String text) {
            return append(Vocabulary.encode(text), PROMPT_WEIGHT);
        }

        Builder learned(String text) {
            return append(Vocabulary.encode(text), REPLY_WEIGHT);
        }

        Builder end() {
            return append(new int[] {Vocabulary.EOS}, REPLY_WEIGHT);
        }

        WeightedSequence build() {
            return new WeightedSequence(tokens, weights);
        }

        private Builder append(int[] more, float weight) {
            int from = tokens.length;
            tokens = Arrays.copyOf(tokens, from + more.length);
            weights = Arrays.copyOf(weights, from + more.length);
            System.arraycopy(more, 0, tokens, from, more.length);
            Arrays.fill(weights, from, weights.length, weight);
            return this;
        }
    }
}
