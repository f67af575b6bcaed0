package org.fedbiot.benchmarks.aggregation;

/** The same fold over arrays that are in memory: what the arithmetic alone costs, and an oracle for the result. */
final class ArraySum {

    private final float[][] differences;
    private final double[] weights;

    ArraySum(SimulatedClients clients, int round) {
        differences = new float[clients.clients()][];
        weights = new double[clients.clients()];
        for (int client = 0; client < differences.length; client++) {
            differences[client] = clients.difference(client, round);
            weights[client] = clients.samples(client);
        }
    }

    /** Weighted mean added to a base, in client-id order. */
    float[] onto(float[] base) {
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        double[] sum = new double[base.length];
        for (int client = 0; client < weights.length; client++) {
            add(sum, differences[client], weights[client] / total);
        }
        float[] result = new float[base.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (base[i] + sum[i]);
        }
        return result;
    }

    private static void add(double[] sum, float[] difference, double share) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += share * difference[i];
        }
    }
}
