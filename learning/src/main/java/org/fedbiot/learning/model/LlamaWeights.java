package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.learning.torch.HostValues;
import org.fedbiot.learning.torch.Primitives;
import org.fedbiot.learning.torch.Torch;

/**
 * Base weights by Hugging Face name, all of one type. Owns its native memory; frozen weights may be shared by threads.
 */
public final class LlamaWeights implements AutoCloseable {
    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String FINAL_NORM = "model.norm.weight";
    public static final String HEAD = "lm_head.weight";

    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(?<layer>[0-9]{1,6})(?<rest>\\..*)");

    private final LlamaConfig config;
    private final BaseType type;
    private final ComputeDevice device;
    private final NDManager manager;
    private final Map<String, NDArray> arrays;
    private final List<LayerWeights> layers = new ArrayList<>();

    private LlamaWeights(LlamaConfig config, BaseType type, ComputeDevice device, NDManager manager, Map<String, NDArray> arrays) {
        this.config = config;
        this.type = type;
        this.device = device;
        this.manager = manager;
        this.arrays = arrays;
        for (int i = 0; i < config.layers(); i++) {
            Map<Projection, NDArray> linears = new EnumMap<>(Projection.class);
            for (Projection projection : Projection.values()) {
                linears.put(projection, arrays.get(linear(i, projection)));
            }
            layers.add(new LayerWeights(arrays.get(inputNorm(i)), arrays.get(postAttentionNorm(i)), linears));
        }
    }

    /** Loads onto the CPU. */
    public static LlamaWeights load(LlamaConfig config, TensorSource source, BaseType type) {
        return load(config, source, type, ComputeDevice.CPU);
    }

    /**
     * Loads every tensor that the configuration names, one at a time. On the CPU in fp32 an array is a view of the
     * source's buffer where that is aligned (a mapped file is then read lazily and must stay as it is), else a copy; bf16
     * is a rounded copy. On another device it is a copy there, made straight from the source's buffer: besides the
     * weights, that device holds one tensor in fp32 at a time, and the CPU what the source needs for one.
     *
     * @throws IllegalArgumentException when a tensor is missing or has another shape, naming it
     */
    public static LlamaWeights load(LlamaConfig config, TensorSource source, BaseType type, ComputeDevice device) {
        NDManager manager = Torch.newManager(device);
        try {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            Set<String> present = source.names();
            for (Map.Entry<String, Shape> expected : shapes(config).entrySet()) {
                String name = expected.getKey();
                if (!present.contains(name)) {
                    throw new IllegalArgumentException("The model has no tensor '" + name + "'");
                }
                if (!Arrays.equals(source.shape(name), expected.getValue().getShape())) {
                    throw new IllegalArgumentException("Tensor '" + name + "' has shape " + Arrays.toString(source.shape(name))
                            + " but the configuration wants " + expected.getValue());
                }
                arrays.put(name, array(manager, source.float32(name), expected.getValue(), type, device));
            }
            return new LlamaWeights(config, type, device, manager, arrays);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Fresh fp32 weights for pre-training: linears normal with deviation .6/√hidden, the two that write to the
     * residual stream further by 1/√(2·layers), embedding .05, norms one (small-model "Model"). A function of configuration and seed.
     */
    public static LlamaWeights initial(LlamaConfig config, long seed) {
        return load(config, new InitialWeights(config, seed), BaseType.FLOAT32);
    }

    private static NDArray array(NDManager manager, ByteBuffer values, Shape shape, BaseType type, ComputeDevice device) {
        ByteBuffer little = values.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (little.remaining() != shape.size() * Float.BYTES) {
            throw new IllegalArgumentException("A tensor of shape " + shape + " wants " + shape.size() * Float.BYTES + " bytes but got " + little.remaining());
        }
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray wide = manager.create(little, shape, DataType.FLOAT32);
            NDArray array;
            if (type == BaseType.BFLOAT16) {
                array = Primitives.shared().toBfloat16(wide);
            } else {
                boolean inPlace = !device.isCpu() || little.isDirect() && little.alignmentOffset(0, TensorSource.ALIGNMENT) == 0;
                array = inPlace ? wide : Primitives.shared().copy(wide);
            }
            NDScope.unregister(array);
            return array;
        }
    }

    /** Name of the input norm's gain of a layer. */
    public static String inputNorm(int layer) {
        return "model.layers." + layer + ".input_layernorm.weight";
    }

    /** Name of the gain of the norm after attention. */
    public static String postAttentionNorm(int layer) {
        return "model.layers." + layer + ".post_attention_layernorm.weight";
    }

    /** Name of a linear's weight. */
    public static String linear(int layer, Projection projection) {
        return "model.layers." + layer + "." + projection.path() + ".weight";
    }

    /** The decoder layer that a weight is of; none for embedding, final norm and head. */
    public static OptionalInt layerOf(String name) {
        Matcher matcher = LAYER.matcher(name);
        return matcher.matches() ? OptionalInt.of(Integer.parseInt(matcher.group("layer"))) : OptionalInt.empty();
    }

    /** The same weight's name in another layer. */
    public static String inLayer(String name, int layer) {
        return LAYER.matcher(name).replaceFirst("model.layers." + layer + "${rest}");
    }

    /** Every tensor of a configuration with its shape, embedding first, then layer by layer, norm and head last. */
    public static Map<String, Shape> shapes(LlamaConfig config) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put(EMBEDDING, new Shape(config.vocabularySize(), config.hiddenSize()));
        for (int i = 0; i < config.layers(); i++) {
            shapes.put(inputNorm(i), new Shape(config.hiddenSize()));
            for (Projection projection : Projection.values()) {
                shapes.put(linear(i, projection), new Shape(projection.outputSize(config), projection.inputSize(config)));
            }
            shapes.put(postAttentionNorm(i), new Shape(config.hiddenSize()));
        }
        shapes.put(FINAL_NORM, new Shape(config.hiddenSize()));
        if (!config.tiedEmbeddings()) {
            shapes.put(HEAD, new Shape(config.vocabularySize(), config.hiddenSize()));
        }
        return Collections.unmodifiableMap(shapes);
    }

    public LlamaConfig config() {
        return config;
    }

    public BaseType type() {
        return type;
    }

    /** Where the weights are; what computes with them makes its arrays there too. */
    public ComputeDevice device() {
        return device;
    }

    /** Names in the order of {@link #shapes}. */
    public Set<String> names() {
        return Collections.unmodifiableSet(arrays.keySet());
    }

    /** A base weight; stays owned by this object. Throws when the name is absent. */
    public NDArray get(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("The model has no tensor '" + name + "'");
        }
        return array;
    }

    /** All base weights in the order of {@link #shapes}: the leaves of pre-training. */
    public Collection<NDArray> arrays() {
        return Collections.unmodifiableCollection(arrays.values());
    }

    /** Makes every base weight a leaf with gradients. For pre-training on {@link #initial} weights only. */
    public void requireGradients() {
        arrays.values().forEach(array -> array.setRequiresGradient(true));
    }

    /** A copy of the stored little-endian bytes of a weight, in {@link #type}. */
    public ByteBuffer bytes(String name) {
        return HostValues.bytes(get(name));
    }

    LayerWeights layer(int index) {
        return layers.get(index);
    }

    /** The head's weight [vocabulary, hidden]: the embedding where it is tied. */
    NDArray head() {
        return get(config.tiedEmbeddings() ? EMBEDDING : HEAD);
    }

    @Override
    public void close() {
        manager.close();
    }
}
