package org.fedbiot.cli.experiment.cost;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What two methods are given the same of. A method that spends less by its own settings gets more of the one setting
 * that spends it, so that a difference in quality is none in means.
 */
public enum Budget {
    /** Optimiser steps of all clients in all rounds, by the steps of a round: one client takes those of three. */
    CLIENT_STEPS("client-steps", "training.steps"),
    /** Floating point operations of clients and server, without evaluation, by the steps of a round. */
    COMPUTE("compute", "training.steps"),
    /** Bytes up, down and once, by the number of rounds. */
    BYTES("bytes", "federation.rounds");

    /** More of a setting is a mistake. */
    private static final int MOST = 1 << 24;

    private final String label;
    private final String key;

    Budget(String label, String key) {
        this.label = label;
        this.key = key;
    }

    /** @return empty for an unknown one */
    public static Optional<Budget> of(String label) {
        return Arrays.stream(values()).filter(budget -> budget.label.equals(label)).findFirst();
    }

    /** All names, for errors. */
    public static String labels() {
        return Arrays.stream(values()).map(Budget::label).collect(Collectors.joining(", "));
    }

    /** As in an experiment's file. */
    public String label() {
        return label;
    }

    /**
     * The setting that brings a row as near to what the reference spends as whole numbers allow, at least 1.
     *
     * @param reference a run of the reference row
     * @param row a run of the row as its own settings have it
     * @param parts runs that the row is made of: more than 1 where each client has a run of its own; they share
     */
    public Balance apply(PricedRun reference, PricedRun row, int parts) {
        double wanted = spent(reference) / parts;
        IntToDoubleFunction spent = value -> spent(this == BYTES ? row.withRounds(value) : row.withSteps(value));
        int own = this == BYTES ? row.rounds() : row.steps();
        int chosen = nearest(wanted, spent);
        return new Balance(chosen == own ? Map.of() : Map.of(key, Integer.toString(chosen)), wanted * parts,
                spent.applyAsDouble(chosen) * parts);
    }

    private double spent(PricedRun run) {
        return switch (this) {
            case CLIENT_STEPS -> run.clientSteps();
            case COMPUTE -> run.flops().method();
            case BYTES -> run.bytes().total();
        };
    }

    /** @param rising never falls */
    private static int nearest(double wanted, IntToDoubleFunction rising) {
        int high = 1;
        while (high < MOST && rising.applyAsDouble(high) < wanted) {
            high *= 2;
        }
        int low = high / 2 + 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (rising.applyAsDouble(middle) < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        boolean below = low > 1
                && wanted - rising.applyAsDouble(low - 1) <= rising.applyAsDouble(low) - wanted;
        return below ? low - 1 : low;
    }
}
