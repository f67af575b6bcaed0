package org.fedbiot.learning.method;

import java.util.Objects;
import java.util.Optional;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.torch.AdamW;

/**
 * One alignment: everything that its result depends on beside model, options and records.
 *
 * @param runId names the run in errors
 * @param emulatorVersion the version that this alignment makes; names it in errors
 * @param seedVersion owner of the batch order and of the dropout masks: the version, but that a fork goes on in its
 *     origin's count
 * @param steps optimiser steps; 0 measures only
 * @param seed of the run
 * @param emulator the last version, absolute factors
 * @param adapter the current version, absolute factors; frozen here
 * @param moments the last alignment's, where they are kept
 */
public record AlignmentTask(String runId, int emulatorVersion, int seedVersion, int steps, long seed,
        FactorVector emulator, FactorVector adapter, Optional<AdamW.State> moments) {
    public AlignmentTask {
        Objects.requireNonNull(runId, "runId");
        Objects.requireNonNull(emulator, "emulator");
        Objects.requireNonNull(adapter, "adapter");
        Objects.requireNonNull(moments, "moments");
        if (steps < 0) {
            throw new IllegalArgumentException("Alignment steps " + steps + " must be at least 0");
        }
    }

    /** Of a run that is no fork. */
    public AlignmentTask(String runId, int emulatorVersion, int steps, long seed, FactorVector emulator,
            FactorVector adapter, Optional<AdamW.State> moments) {
        this(runId, emulatorVersion, emulatorVersion, steps, seed, emulator, adapter, moments);
    }
}
