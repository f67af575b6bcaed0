package org.fedbiot.learning.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.FactorTensor;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LoraDropout;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.torch.Gradients;

/** What training and alignment do with LoRA factors alike. */
final class Factors {
    private Factors() {
    }

    static void requireLayout(String where, FactorVector factors, FactorLayout layout) {
        if (!factors.layout().equals(layout)) {
            throw new IllegalArgumentException(where + ": factors of " + factors.layout().tensors().size()
                    + " tensors from " + factors.layout().tensors().get(0).name() + ", the model's split wants "
                    + layout.tensors().size() + " from " + layout.tensors().get(0).name());
        }
    }

    static void requireFinite(String where, FactorVector factors, double learningRate) {
        float[] values = factors.values();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw NonFiniteLossException.inTraining(where, "factor " + i, values[i], learningRate);
            }
        }
    }

    /** Masks for the factors that train; the seed names owner, step and piece. */
    static Optional<LoraDropout> dropout(LoraSpec lora, long seed, int step) {
        return lora.dropout() == 0 ? Optional.empty() : Optional.of(new LoraDropout(lora.dropout(), seed, step));
    }

    /** Adds a vector in layout order to the gradients that the leaves hold. */
    static void addToGradients(NDManager manager, LoraParameters parameters, float[] vector) {
        int at = 0;
        List<FactorTensor> tensors = parameters.layout().tensors();
        for (int i = 0; i < tensors.size(); i++) {
            FactorTensor tensor = tensors.get(i);
            float[] part = Arrays.copyOfRange(vector, at, at + tensor.elements());
            try (NDArray gradient = Gradients.of(parameters.arrays().get(i));
                    NDArray addend = manager.create(part, new Shape(tensor.rows(), tensor.columns()))) {
                gradient.addi(addend);
            }
            at += tensor.elements();
        }
    }
}
