package org.fedbiot.learning.method;

/**
 * A model on an evaluation set.
 *
 * @param nll mean negative log-likelihood per reply token, nats
 * @param exactMatch share of generated records whose final answer is right; -1 if none was generated
 * @param records records scored
 * @param exactMatchRecords records generated
 * @param tokens reply tokens scored
 * @param parses share of generated programs that can be read as such; -1 if none could be checked
 * @param parsesRecords generated programs that could be checked
 */
public record Score(double nll, double exactMatch, int records, int exactMatchRecords, long tokens, double parses,
        int parsesRecords) {

    /** exp(nll). */
    public double perplexity() {
        return Math.exp(nll);
    }
}
