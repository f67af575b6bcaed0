package org.fedbiot.learning.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Which records a step reads: a function of seed, owner, round and step, so that any step can be done again by any
 * process (design section 3, "Determinism"). Each round goes through the records in an order of its own, and through
 * all of them before any comes again.
 *
 * @param seed of the run
 * @param owner a client's id, or the name of a task
 * @param round from 1, or the version that a task makes
 * @param records how many there are
 * @param batchSize records per step
 */
public record BatchOrder(long seed, String owner, int round, int records, int batchSize) {
    public BatchOrder {
        if (records < 1 || batchSize < 1) {
            throw new IllegalArgumentException(owner + ", round " + round + ": " + records
                    + " records cannot fill batches of " + batchSize);
        }
    }

    /** Indices of the records of a step, counted from 0. */
    public List<Integer> batch(int step) {
        List<Integer> batch = new ArrayList<>(batchSize);
        long epoch = -1;
        int[] order = {};
        for (long at = (long) step * batchSize; at < (step + 1L) * batchSize; at++) {
            if (at / records != epoch) {
                epoch = at / records;
                order = Seeds.generator(seed, "order", owner, round, epoch).permutation(records);
            }
            batch.add(order[(int) (at % records)]);
        }
        return batch;
    }
}
