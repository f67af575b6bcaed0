package org.fedbiot.cli.experiment.cost;

import java.util.Set;
import org.fedbiot.learning.model.LlamaConfig;

/**
 * Runs a decoder's matrix products one by one, by their shapes alone, as an autograd engine does: every product costs
 * on the way forward, and on the way back once for each operand that wants a gradient.
 */
final class Tape {

    private final LlamaConfig config;
    private final int rank;
    private final Set<String> targets;
    private double flops;

    Tape(LlamaConfig config, int rank, Set<String> targets) {
        this.config = config;
        this.rank = rank;
        this.targets = targets;
    }

    double flops() {
        return flops;
    }

    /** @return whether the layer's output wants a gradient */
    boolean layer(int tokens, int keys, boolean input, boolean factors, boolean trained) {
        int queries = config.heads() * config.headSize();
        int pairs = config.keyValueHeads() * config.headSize();
        int hidden = config.hiddenSize();
        int inner = config.intermediateSize();
        boolean q = linear("q", tokens, hidden, queries, input, factors, trained);
        boolean k = linear("k", tokens, hidden, pairs, input, factors, trained);
        boolean v = linear("v", tokens, hidden, pairs, input, factors, trained);
        boolean attended = q | k | v;
        for (int head = 0; head < config.heads(); head++) {
            // One kernel: it gives the gradients of all its operands or none.
            product(tokens, config.headSize(), keys, attended, attended);
            product(tokens, keys, config.headSize(), attended, attended);
        }
        boolean middle = linear("o", tokens, queries, hidden, attended, factors, trained) | input;
        boolean gate = linear("gate", tokens, hidden, inner, middle, factors, trained);
        boolean up = linear("up", tokens, hidden, inner, middle, factors, trained);
        return linear("down", tokens, inner, hidden, gate | up, factors, trained) | middle;
    }

    /** Layers over a whole record. */
    boolean layers(int count, int tokens, boolean input, boolean factors, boolean trained) {
        boolean gradient = input;
        for (int layer = 0; layer < count; layer++) {
            gradient = layer(tokens, tokens, gradient, factors, trained);
        }
        return gradient;
    }

    void head(int rows, boolean gradient) {
        product(rows, config.hiddenSize(), config.vocabularySize(), gradient, false);
    }

    private boolean linear(String name, int tokens, int in, int out, boolean input, boolean factors, boolean trained) {
        boolean gradient = product(tokens, in, out, input, false);
        if (factors && targets.contains(name)) {
            gradient |= product(tokens, rank, out, product(tokens, in, rank, input, trained), trained);
        }
        return gradient;
    }

    /** [m, k] times [k, n]. */
    private boolean product(long m, long k, long n, boolean left, boolean right) {
        flops += 2.0 * m * k * n * (1 + (left ? 1 : 0) + (right ? 1 : 0));
        return left || right;
    }
}
