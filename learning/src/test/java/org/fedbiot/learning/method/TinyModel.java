package org.fedbiot.learning.method;

import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.SplitMix64;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.FactorLayout;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.Projection;
import org.fedbiot.learning.model.TensorSource;
import org.fedbiot.learning.torch.Torch;

/** A model that is small, made from a seed, and lively enough that every layer matters. */
final class TinyModel {
    static final int LAYERS = 7;
    static final LlamaConfig CONFIG = new LlamaConfig(24, 16, 24, LAYERS, 2, 1, 8, 10_000, 1e-5, false, 64);
    static final LoraSpec LORA = new LoraSpec(2, 4, 0, List.of(Projection.values()));

    private TinyModel() {
    }

    static LoraSpec dropout(double rate) {
        return new LoraSpec(LORA.rank(), LORA.alpha(), rate, LORA.targets());
    }

    static LlamaWeights weights(BaseType type) {
        Torch.useThreads(1);
        return LlamaWeights.load(CONFIG, new Values(CONFIG), type);
    }

    /** Weights whose head is not a number: any use of logits shows. */
    static LlamaWeights headless() {
        Torch.useThreads(1);
        return LlamaWeights.load(CONFIG, new Values(CONFIG) {
            @Override
            public ByteBuffer float32(String name) {
                ByteBuffer values = super.float32(name);
                for (int i = 0; name.equals(LlamaWeights.HEAD) && i < values.limit(); i += Float.BYTES) {
                    values.putFloat(i, Float.NaN);
                }
                return values;
            }
        }, BaseType.FLOAT32);
    }

    /** A client's weights, from nothing but what is published; fp32 only. */
    static LlamaWeights client(CompressedModel compressed) {
        Map<String, CompressedTensor> tensors = compressed.tensors().stream().collect(
                Collectors.toMap(CompressedTensor::name, tensor -> tensor, (a, b) -> a, LinkedHashMap::new));
        return LlamaWeights.load(compressed.config(), new TensorSource() {
            @Override
            public Set<String> names() {
                return tensors.keySet();
            }

            @Override
            public long[] shape(String name) {
                return tensors.get(name).shape().stream().mapToLong(Long::longValue).toArray();
            }

            @Override
            public ByteBuffer float32(String name) {
                return tensors.get(name).bytes();
            }
        }, BaseType.FLOAT32);
    }

    static LayerSplit split(int front, double dropRate) {
        return LayerSplit.of(LAYERS, front, 2, dropRate, LayerRule.FLOOR);
    }

    /** Factors whose B is not zero, so that they change the model. */
    static FactorVector factors(FactorLayout layout, long seed) {
        SplitMix64 random = Seeds.generator(seed, "factors");
        float[] values = new float[layout.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.1 * random.nextGaussian());
        }
        return FactorVector.of(layout, values);
    }

    /** Records of 6 to 17 tokens whose reply, of 2 to 5, counts on from the prompt's last token: learnable. */
    static List<TokenizedExample> examples(int count, long seed) {
        SplitMix64 random = Seeds.generator(seed, "examples");
        List<TokenizedExample> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int prompt = random.between(4, 12);
            int reply = random.between(2, 5);
            int[] tokens = new int[prompt + reply];
            for (int t = 0; t < tokens.length; t++) {
                tokens[t] = t < prompt ? random.nextInt(CONFIG.vocabularySize())
                        : (tokens[t - 1] + 1) % CONFIG.vocabularySize();
            }
            examples.add(new TokenizedExample(tokens, prompt));
        }
        return examples;
    }

    /** Every bit of the base weights. */
    static Map<String, ByteBuffer> bits(LlamaWeights weights) {
        return weights.names().stream().collect(Collectors.toMap(name -> name, weights::bytes));
    }

    private static class Values implements TensorSource {
        private final Map<String, Shape> shapes;

        Values(LlamaConfig config) {
            this.shapes = LlamaWeights.shapes(config);
        }

        @Override
        public Set<String> names() {
            return shapes.keySet();
        }

        @Override
        public long[] shape(String name) {
            return shapes.get(name).getShape();
        }

        @Override
        public ByteBuffer float32(String name) {
            Shape shape = shapes.get(name);
            boolean norm = shape.dimension() == 1;
            double deviation = 0.8 / Math.sqrt(shape.get(shape.dimension() - 1));
            SplitMix64 random = Seeds.generator(7, name);
            ByteBuffer buffer = ByteBuffer.allocateDirect((int) shape.size() * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN);
            IntStream.range(0, (int) shape.size()).forEach(i -> buffer.putFloat((float)
                    (norm ? 1 + 0.2 * random.nextGaussian() : deviation * random.nextGaussian())));
            return buffer.flip();
        }
    }
}
