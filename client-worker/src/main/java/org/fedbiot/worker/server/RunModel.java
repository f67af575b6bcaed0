package org.fedbiot.worker.server;

import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.learning.method.SplitModel;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.worker.MethodOptions;

/** The full model as a run cuts it, for one task; the weights are {@link FullModels}' and outlive it. */
record RunModel(FullModel full, SplitModel split, LoraSpec lora) implements AutoCloseable {

    /** @throws BadInputException if the run's split is not one of this model */
    static RunModel of(FullModel full, RunSpec spec) {
        LayerSplit split = MethodOptions.split(spec.getSplit());
        int layers = full.weights().config().layers();
        if (split.layers() != layers) {
            throw new BadInputException("run %s: its split is of %d layers, the model at %s has %d".formatted(
                    spec.getRunId(), split.layers(), spec.getModel().getLocation(), layers));
        }
        return new RunModel(full, SplitModel.onServer(full.weights(), split), MethodOptions.lora(spec.getLora()));
    }

    FactorVector adapter(float[] values) {
        return vector("adapter", split.adapterLayout(lora), values);
    }

    FactorVector emulator(float[] values) {
        return vector("emulator", split.emulatorLayout(lora), values);
    }

    @Override
    public void close() {
        split.close();
    }

    private static FactorVector vector(String what, FactorLayout layout, float[] values) {
        if (layout.elements() != values.length) {
            throw new BadInputException("%s has %d elements, the run's layout %d".formatted(what, values.length,
                    layout.elements()));
        }
        return FactorVector.of(layout, values);
    }
}
