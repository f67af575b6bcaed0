package org.fedbiot.learning.model;

import java.util.List;

/**
 * Low-rank adaptation W' = W + (alpha/rank)·B·A of some linears (fedbiot-method 1.2). {@code dropout} is the share of
 * the branch's inputs set to zero while training; targets are kept in canonical order.
 */
public record LoraSpec(int rank, double alpha, double dropout, List<Projection> targets) {
    public LoraSpec {
        if (rank < 1) {
            throw new IllegalArgumentException("LoRA rank must be at least 1 but was " + rank);
        }
        if (!(alpha > 0)) {
            throw new IllegalArgumentException("LoRA alpha must be above 0 but was " + alpha);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("LoRA dropout must be in [0, 1) but was " + dropout);
        }
        if (targets.isEmpty() || targets.stream().distinct().count() != targets.size()) {
            throw new IllegalArgumentException("LoRA targets must be one or more and distinct but were " + targets);
        }
        targets = targets.stream().sorted().toList();
    }

    /** alpha / rank. */
    public double scale() {
        return alpha / rank;
    }
}
