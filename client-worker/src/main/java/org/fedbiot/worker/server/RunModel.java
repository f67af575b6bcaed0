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

    /** @throws BadInputException if the run's split is not one of this model, or its text too long for the context */
    static RunModel of(FullModel full, RunSpec spec) {
        LayerSplit split = MethodOptions.split(spec.getSplit());
        int layers = full.weights().config().layers();
        if (split.layers() != layers) {
            throw new BadInputException("run %s: its split is of %d layers, the model at %s has %d".formatted(
                    spec.getRunId(), split.layers(), spec.getModel().getLocation(), layers));
        }
        int maxTokens = spec.getText().getMaxTokens();
        int context = full.weights().config().contextLength();
        if (maxTokens > context) {
            throw new BadInputException(("run %s: text.maxTokens %d is more than the %d tokens of context of the model"
                    + " at %s: submit the run with fewer").formatted(spec.getRunId(), maxTokens, context,
                    spec.getModel().getLocation()));
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
