package org.fedbiot.cli.experiment.cost;

import java.util.Objects;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.TrainingSettings;

/**
 * A run with all that its price depends on.
 *
 * @param config shape of the full model
 */
public record PricedRun(RunSpec spec, LlamaConfig config, Texts texts) {

    public PricedRun {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(texts, "texts");
    }

    public RunFlops flops() {
        return RunFlops.of(spec, config, texts);
    }

    public RunBytes bytes() {
        return RunBytes.of(spec, config);
    }

    /** Optimiser steps of all clients in all rounds. */
    public long clientSteps() {
        FederationSettings federation = spec.getFederation();
        return (long) federation.getRounds() * RunFlops.called(federation) * steps();
    }

    int steps() {
        return spec.getTraining().getSteps();
    }

    int rounds() {
        return spec.getFederation().getRounds();
    }

    PricedRun withSteps(int steps) {
        return new PricedRun(RunSpec.newBuilder(spec)
                .setTraining(TrainingSettings.newBuilder(spec.getTraining()).setSteps(steps).build()).build(), config,
                texts);
    }

    PricedRun withRounds(int rounds) {
        return new PricedRun(RunSpec.newBuilder(spec)
                .setFederation(FederationSettings.newBuilder(spec.getFederation()).setRounds(rounds).build()).build(),
                config, texts);
    }
}
