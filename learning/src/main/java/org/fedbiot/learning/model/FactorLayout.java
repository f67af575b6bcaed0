package org.fedbiot.learning.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Canonical order of factors in a flat vector: layers ascending by full-model index, then targets q k v o gate up down,
 * then A before B, each row-major. Every process derives it from the run's settings, so only numbers travel.
 */
public record FactorLayout(List<FactorTensor> tensors) {
    public FactorLayout {
        if (tensors.isEmpty()) {
            throw new IllegalArgumentException("A factor layout needs at least one tensor");
        }
        tensors = List.copyOf(tensors);
    }

    /** Layout of the factors of the given full-model layers. */
    public static FactorLayout of(LlamaConfig config, LoraSpec spec, List<Integer> modelLayers) {
        List<FactorTensor> tensors = new ArrayList<>();
        for (int layer : modelLayers.stream().sorted().distinct().toList()) {
            for (Projection target : spec.targets()) {
                tensors.add(FactorTensor.a(layer, target, spec.rank(), target.inputSize(config)));
                tensors.add(FactorTensor.b(layer, target, spec.rank(), target.outputSize(config)));
            }
        }
        return new FactorLayout(tensors);
    }

    /** Elements of the whole vector. */
    public int elements() {
        int sum = 0;
        for (FactorTensor tensor : tensors) {
            sum = Math.addExact(sum, tensor.elements());
        }
        return sum;
    }
}
