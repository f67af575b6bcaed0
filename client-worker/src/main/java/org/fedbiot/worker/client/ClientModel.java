package org.fedbiot.worker.client;

import java.util.List;
import org.fedbiot.learning.method.SplitModel;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.FactorTensor;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.version.PayloadMissingException;

/** A run's compressed model as a client holds it; weights and tokenizer belong to {@link ClientModels}. */
record ClientModel(BasePublished base, SplitModel split, Tokenizer tokenizer) {

    /** @throws PayloadMissingException if the values do not fill the layout that client and server must agree on */
    FactorVector adapter(LoraSpec lora, float[] values) {
        return vector("adapter", split.adapterLayout(lora), base.getAdapterLayout(), values);
    }

    /** @throws PayloadMissingException if the values do not fill the layout that client and server must agree on */
    FactorVector emulator(LoraSpec lora, float[] values) {
        return vector("emulator", split.emulatorLayout(lora), base.getEmulatorLayout(), values);
    }

    private FactorVector vector(String what, FactorLayout layout, List<FactorTensor> announced, float[] values) {
        if (!MethodOptions.layout(layout).equals(announced)) {
            throw new PayloadMissingException("run %s: the %s layout of base model %s is not the one its settings give"
                    .formatted(base.getRunId(), what, base.getBaseSha256()));
        }
        if (layout.elements() != values.length) {
            throw new PayloadMissingException("run %s: %s has %d elements, its layout %d".formatted(base.getRunId(), what,
                    values.length, layout.elements()));
        }
        return FactorVector.of(layout, values);
    }
}
