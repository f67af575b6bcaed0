package org.fedbiot.learning.model;

import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.SplitMix64;

/** Random weights to start pre-training from; each tensor is a function of the seed and its name. */
final class InitialWeights implements TensorSource {
    private static final double EMBEDDING_DEVIATION = 0.05;
    private static final double LINEAR_GAIN = 0.6;
    private final Map<String, Shape> shapes;
    private final double linearDeviation;
    private final double residualDeviation;
    private final long seed;

    InitialWeights(LlamaConfig config, long seed) {
        this.shapes = LlamaWeights.shapes(config);
        this.linearDeviation = LINEAR_GAIN / Math.sqrt(config.hiddenSize());
        this.residualDeviation = linearDeviation / Math.sqrt(2.0 * config.layers());
        this.seed = seed;
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
        int elements = Math.toIntExact(shapes.get(name).size());
        ByteBuffer values = TensorSource.allocate(elements * Float.BYTES);
        boolean norm = name.endsWith("norm.weight");
        double deviation = deviation(name);
        SplitMix64 random = Seeds.generator(seed, "weight", name);
        for (int i = 0; i < elements; i++) {
            values.putFloat(i * Float.BYTES, norm ? 1f : (float) (deviation * random.nextGaussian()));
        }
        return values;
    }

    private double deviation(String name) {
        if (name.equals(LlamaWeights.EMBEDDING)) {
            return EMBEDDING_DEVIATION;
        }
        boolean residual = name.contains(Projection.O.path()) || name.contains(Projection.DOWN.path());
        return residual ? residualDeviation : linearDeviation;
    }
}
