package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.fedbiot.learning.format.SafetensorsFile;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.learning.torch.Torch;

/** The tiny model that src/test/python/golden.py makes, and what PyTorch computes from it. */
final class GoldenCase {
    static final ComputeDevice DEVICE = ComputeDevice.of(System.getProperty("fedbiot.test.device", "cpu"));

    private static final JsonNode CASE = read();

    private GoldenCase() {}

    static LlamaConfig config(boolean tied) {
        JsonNode c = CASE.get("config");
        return new LlamaConfig(c.get("vocabularySize").asInt(), c.get("hiddenSize").asInt(), c.get("intermediateSize").asInt(),
                c.get("layers").asInt(), c.get("heads").asInt(), c.get("keyValueHeads").asInt(), c.get("headSize").asInt(),
                c.get("ropeTheta").asDouble(), c.get("normEpsilon").asDouble(), tied, c.get("contextLength").asInt());
    }

    static LlamaWeights weights(boolean tied, BaseType type) {
        Torch.useThreads(1);
        return LlamaWeights.load(config(tied), file("weights.safetensors"), type, DEVICE);
    }

    static NDManager newManager() {
        return Torch.newManager(DEVICE);
    }

    static LoraSpec spec() {
        return new LoraSpec(CASE.get("rank").asInt(), CASE.get("alpha").asDouble(), 0, List.of(Projection.values()));
    }

    static FactorVector factors(List<Integer> layers) {
        FactorLayout layout = FactorLayout.of(config(true), spec(), layers);
        SafetensorsFile file = file("factors.safetensors");
        return FactorVector.of(layout, flat(file, layout, ""));
    }

    static LoraParameters lora(NDManager manager, List<Integer> layers, boolean trainable) {
        return new LoraParameters(manager, factors(layers), spec(), trainable);
    }

    static List<int[]> sequences() {
        List<int[]> sequences = new ArrayList<>();
        CASE.get("sequences").forEach(node -> sequences.add(ints(node)));
        return sequences;
    }

    static List<Integer> all() {
        return IntStream.range(0, config(true).layers()).boxed().toList();
    }

    static List<Integer> indices(String key) {
        return IntStream.of(ints(CASE.get(key))).boxed().toList();
    }

    static List<LayerRef> layers(List<Integer> indices) {
        return indices.stream().map(i -> new LayerRef(i, i)).toList();
    }

    /** The rows that predict a reply token, and the tokens they should predict. */
    static int[] rows() {
        return ints(CASE.get("rows"));
    }

    static NDArray targets(NDManager manager) {
        return manager.create(IntStream.of(ints(CASE.get("targets"))).asLongStream().toArray());
    }

    static double lambda() {
        return CASE.get("lambda").asDouble();
    }

    static float[] expected(String name) {
        return floats(file("expected.safetensors"), name);
    }

    static float[] expectedGradients(String prefix, FactorLayout layout) {
        return flat(file("expected.safetensors"), layout, prefix);
    }

    private static float[] flat(SafetensorsFile file, FactorLayout layout, String prefix) {
        FloatBuffer all = FloatBuffer.allocate(layout.elements());
        layout.tensors().forEach(tensor -> all.put(floats(file, prefix + tensor.name())));
        return all.array();
    }

    private static float[] floats(SafetensorsFile file, String name) {
        FloatBuffer buffer = file.float32(name).asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static int[] ints(JsonNode node) {
        return IntStream.range(0, node.size()).map(i -> node.get(i).asInt()).toArray();
    }

    private static SafetensorsFile file(String name) {
        URL url = GoldenCase.class.getResource("/golden/" + name);
        try {
            return SafetensorsFile.open(Path.of(url.toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode read() {
        try (InputStream in = GoldenCase.class.getResourceAsStream("/golden/case.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
