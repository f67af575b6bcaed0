package org.fedbiot.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** A batch of {@code sequences} sequences of {@code length} tokens each, written "4x128". */
record StepShape(int sequences, int length) {
    static StepShape of(String text) {
        String[] parts = text.split("x");
        if (parts.length != 2) {
            throw new IllegalArgumentException("A shape is written as 4x128 but was '" + text + "'");
        }
        return new StepShape(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    /** Tokens by a rule that the peer knows too. */
    List<int[]> tokens(int vocabulary) {
        List<int[]> all = new ArrayList<>();
        for (int b = 0; b < sequences; b++) {
            int[] tokens = new int[length];
            for (int t = 0; t < length; t++) {
                tokens[t] = (int) ((1_000_003L * (b + 1) + 7919L * t * t + 104_729L * t) % vocabulary);
            }
            all.add(tokens);
        }
        return all;
    }

    @Override
    public String toString() {
        return sequences + "x" + length;
    }
}
