package org.fedbiot.learning.model;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.fedbiot.learning.data.Seeds;

/**
 * How the next token is chosen: the most likely one at temperature 0, else drawn from the smallest set of tokens whose
 * probability reaches {@code topP}. A draw is a function of seed, sequence and token index.
 */
public record Sampling(double temperature, double topP, long seed) {
    public Sampling {
        if (!(temperature >= 0) || !(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("Sampling wants a temperature of 0 or more and topP in (0, 1] but got " + temperature + " and " + topP);
        }
    }

    /** Always the most likely token. */
    public static Sampling greedy() {
        return new Sampling(0, 1, 0);
    }

    boolean isGreedy() {
        return temperature == 0;
    }

    int draw(float[] logits, int sequence, int index) {
        float max = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double[] weights = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            weights[i] = Math.exp((logits[i] - max) / temperature);
            sum += weights[i];
        }
        int[] order = topP == 1
                ? IntStream.range(0, logits.length).toArray()
                : IntStream.range(0, logits.length).boxed().sorted(Comparator.comparingDouble(i -> -weights[i])).mapToInt(Integer::intValue).toArray();
        int kept = 0;
        double mass = 0;
        while (kept < order.length && mass < topP * sum) {
            mass += weights[order[kept++]];
        }
        double at = Seeds.generator(seed, "token", sequence, index).nextDouble() * mass;
        for (int i = 0; i < kept; i++) {
            at -= weights[order[i]];
            if (at < 0) {
                return order[i];
            }
        }
        return order[kept - 1];
    }
}
