package org.fedbiot.cli.experiment;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.fedbiot.cli.run.RunCosts;
import org.fedbiot.learning.model.LlamaConfig;

/**
 * How long cells take, by those that are finished: the mean of the same method at the same point, else the mean of all
 * for each optimiser step. An estimate; cells side by side slow each other down. Not thread-safe.
 */
final class Pace {

    private record Shape(String method, Map<String, String> point) {

        static Shape of(PlannedCell planned) {
            return new Shape(planned.cell().method(), planned.cell().point());
        }
    }

    private static final class Mean {

        private double seconds;
        private double weight;

        void add(double someSeconds, double someWeight) {
            seconds += someSeconds;
            weight += someWeight;
        }

        double value() {
            return seconds / weight;
        }
    }

    private final LlamaConfig config;
    private final Map<Shape, Mean> byShape = new HashMap<>();
    private final Mean step = new Mean();

    /** @param config shape of the full model */
    Pace(LlamaConfig config) {
        this.config = config;
    }

    /** @param seconds that the cell took */
    void add(PlannedCell cell, double seconds) {
        byShape.computeIfAbsent(Shape.of(cell), shape -> new Mean()).add(seconds, 1);
        step.add(seconds, steps(cell));
    }

    /** Seconds of a cell that has not run; empty before any has. */
    OptionalDouble estimate(PlannedCell cell) {
        Mean same = byShape.get(Shape.of(cell));
        if (same != null) {
            return OptionalDouble.of(same.value());
        }
        return step.weight > 0 ? OptionalDouble.of(step.value() * steps(cell)) : OptionalDouble.empty();
    }

    /** Seconds of several, one after another; empty before any has run. */
    OptionalDouble estimate(List<PlannedCell> cells) {
        double sum = 0;
        for (PlannedCell cell : cells) {
            OptionalDouble seconds = estimate(cell);
            if (seconds.isEmpty()) {
                return seconds;
            }
            sum += seconds.getAsDouble();
        }
        return OptionalDouble.of(sum);
    }

    /** Optimiser steps of all clients and of the server. */
    long steps(PlannedCell cell) {
        RunCosts costs = RunCosts.of(cell.spec().orElseThrow(), config);
        return (long) costs.clientStepsInAll() * costs.clients() + costs.alignmentSteps();
    }
}
