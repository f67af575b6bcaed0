package org.fedbiot.learning.method;

import java.util.Objects;
import java.util.Set;
import org.fedbiot.learning.model.FactorVector;

/**
 * One evaluation: everything that its scores depend on beside model, options and set.
 *
 * @param runId names the run in errors
 * @param adapterVersion names the adapter in errors
 * @param emulatorVersion names the emulator in errors
 * @param seed of the run; matters to sampled decoding alone
 * @param models which of the four; a client holds RAW_COMPRESSED and ADAP_EMU
 * @param adapter absolute factors
 * @param emulator absolute factors
 */
public record EvaluationTask(String runId, int adapterVersion, int emulatorVersion, long seed,
        Set<EvaluatedModel> models, FactorVector adapter, FactorVector emulator) {
    public EvaluationTask {
        Objects.requireNonNull(runId, "runId");
        models = Set.copyOf(models);
        Objects.requireNonNull(adapter, "adapter");
        Objects.requireNonNull(emulator, "emulator");
    }

    /** For errors. */
    String where() {
        return "Run " + runId + ", evaluation of adapter version " + adapterVersion + " and emulator version "
                + emulatorVersion;
    }
}
