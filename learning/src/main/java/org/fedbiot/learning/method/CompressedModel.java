package org.fedbiot.learning.method;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;

/**
 * What clients hold in place of the full model: embedding, emulator, adapter, norm and head, layers renumbered from 0
 * (fedbiot-method 1.1). A view of the full model's weights, base weights only; LoRA factors travel as versions.
 *
 * @param config shape of the compressed model
 * @param tensors in the order of {@link LlamaWeights#shapes}
 * @param heldParameters of the full model, held by a client
 * @param totalParameters of the full model
 */
public record CompressedModel(LlamaConfig config, List<CompressedTensor> tensors, long heldParameters,
        long totalParameters) {

    public CompressedModel {
        tensors = List.copyOf(tensors);
    }

    /** The compressed form of a full model; valid while its weights are open. */
    public static CompressedModel of(LlamaWeights full, LayerSplit split) {
        LlamaConfig config = full.config().withLayers(split.heldLayers().size());
        Map<String, Shape> shapes = LlamaWeights.shapes(config);
        List<CompressedTensor> tensors = shapes.entrySet().stream()
                .map(entry -> tensor(entry.getKey(), entry.getValue(), full, split))
                .toList();
        return new CompressedModel(config, tensors, parameters(shapes), parameters(LlamaWeights.shapes(full.config())));
    }

    /** Share of the full model's parameters that a client holds. */
    public double exposedShare() {
        return (double) heldParameters / totalParameters;
    }

    private static CompressedTensor tensor(String name, Shape shape, LlamaWeights full, LayerSplit split) {
        List<Long> sizes = Arrays.stream(shape.getShape()).boxed().toList();
        return new CompressedTensor(name, sizes, full, fullName(name, split));
    }

    /**
     * The name in the full model of a tensor of the compressed one.
     *
     * @throws IndexOutOfBoundsException if the name is of a layer that the split does not hold
     */
    public static String fullName(String name, LayerSplit split) {
        OptionalInt layer = LlamaWeights.layerOf(name);
        return layer.isEmpty() ? name : LlamaWeights.inLayer(name, split.heldLayers().get(layer.getAsInt()));
    }

    private static long parameters(Map<String, Shape> shapes) {
        return shapes.values().stream().mapToLong(Shape::size).sum();
    }
}
