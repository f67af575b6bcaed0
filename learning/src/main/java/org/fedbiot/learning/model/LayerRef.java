package org.fedbiot.learning.model;

/**
 * A decoder layer to run: its index among the weights of this process, and its index in the full model, by which LoRA
 * factors are keyed. They differ in a compressed model, whose layers are renumbered.
 */
public record LayerRef(int weightLayer, int modelLayer) {
    public LayerRef {
        if (weightLayer < 0 || modelLayer < 0) {
            throw new IllegalArgumentException("Layer indices start at 0 but were " + weightLayer + " and " + modelLayer);
        }
    }
}
