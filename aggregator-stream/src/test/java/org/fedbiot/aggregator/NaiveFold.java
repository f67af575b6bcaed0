package org.fedbiot.aggregator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.fedbiot.schemas.event.AggregationSettings;

/** An oracle: whole vectors, one element after the other, nothing shared with the code under test. */
public final class NaiveFold {

    private final AggregationSettings settings;
    private final float[] values;
    private final float[] first;
    private final float[] second;

    public NaiveFold(AggregationSettings settings, float[] base) {
        this.settings = settings;
        this.values = base.clone();
        this.first = new float[base.length];
        this.second = new float[base.length];
        Arrays.fill(second, (float) Math.pow(settings.getServerEpsilon(), 2));
    }

    public float[] values() {
        return values.clone();
    }

    /** @param differences in client-id order */
    public void round(List<float[]> differences, double... weights) {
        for (int i = 0; i < values.length; i++) {
            step(i, folded(i, differences, weights));
        }
    }

    private double folded(int element, List<float[]> differences, double[] weights) {
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        double mean = 0;
        List<Float> sorted = new ArrayList<>();
        for (int client = 0; client < weights.length; client++) {
            float value = differences.get(client)[element];
            mean += weights[client] / total * value;
            sorted.add(value);
        }
        Collections.sort(sorted);
        int clients = sorted.size();
        return switch (settings.getRule()) {
            case MEAN -> mean;
            case MEDIAN -> clients % 2 == 1
                    ? sorted.get(clients / 2)
                    : ((double) sorted.get(clients / 2 - 1) + sorted.get(clients / 2)) / 2;
            case TRIMMED_MEAN -> {
                int cut = (int) Math.floor(settings.getTrimShare() * clients);
                yield sorted.subList(cut, clients - cut).stream().mapToDouble(Float::doubleValue)
                        .reduce(0, Double::sum) / (clients - 2 * cut);
            }
        };
    }

    private void step(int i, double difference) {
        double rate = settings.getServerLearningRate();
        switch (settings.getServerOptimiser()) {
            case NONE -> values[i] = (float) (values[i] + difference);
            case MOMENTUM -> {
                double moment = settings.getServerBeta1() * first[i] + difference;
                first[i] = (float) moment;
                values[i] = (float) (values[i] + rate * moment);
            }
            case FED_ADAM -> {
                double beta1 = settings.getServerBeta1();
                double beta2 = settings.getServerBeta2();
                double moment = beta1 * first[i] + (1 - beta1) * difference;
                double square = beta2 * second[i] + (1 - beta2) * difference * difference;
                first[i] = (float) moment;
                second[i] = (float) square;
                values[i] = (float) (values[i] + rate * moment / (Math.sqrt(square) + settings.getServerEpsilon()));
            }
        }
    }
}
