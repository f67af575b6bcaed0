package org.fedbiot.learning.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.fedbiot.learning.model.FactorTensor;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.TensorSource;

/** Base weights with LoRA factors folded in: W + (alpha/r)·B·A (fedbiot-method 1.2), each product in double. */
final class MergedTensors implements TensorSource {
    private final Path location;
    private final TensorSource base;
    private final double scale;
    private final Map<String, Factors> factors = new HashMap<>();

    /** A [rank, in] and B [out, rank], both row-major. */
    private record Factors(FloatBuffer a, FloatBuffer b, int rank, int in, int out) { }

    MergedTensors(Path location, TensorSource base, LoraSpec spec, FactorVector vector) {
        this.location = location;
        this.base = base;
        this.scale = spec.scale();
        FloatBuffer values = FloatBuffer.wrap(vector.values());
        Map<String, FactorTensor> pending = new HashMap<>();
        Map<String, FloatBuffer> pendingA = new HashMap<>();
        int at = 0;
        for (FactorTensor tensor : vector.layout().tensors()) {
            String weight = LlamaWeights.linear(tensor.modelLayer(), tensor.projection());
            FloatBuffer slice = values.slice(at, tensor.elements());
            if (tensor.isA()) {
                pending.put(weight, tensor);
                pendingA.put(weight, slice);
            } else {
                FactorTensor a = pending.remove(weight);
                factors.put(weight, new Factors(pendingA.remove(weight), slice, a.rows(), a.columns(), tensor.rows()));
            }
            at += tensor.elements();
        }
        for (String weight : factors.keySet()) {
            requireFits(weight);
        }
    }

    private void requireFits(String weight) {
        Factors f = factors.get(weight);
        if (!base.names().contains(weight)) {
            throw new IllegalArgumentException(location + ": factors for " + weight + ", which the model has not");
        }
        long[] shape = base.shape(weight);
        if (shape[0] != f.out() || shape[1] != f.in()) {
            throw new IllegalArgumentException(location + ": factors of " + weight + " are for a matrix of " + f.out()
                    + " by " + f.in() + ", the model's is " + shape[0] + " by " + shape[1]);
        }
    }

    @Override
    public Set<String> names() {
        return base.names();
    }

    @Override
    public long[] shape(String name) {
        return base.shape(name);
    }

    @Override
    public ByteBuffer float32(String name) {
        Factors f = factors.get(name);
        if (f == null) {
            return base.float32(name);
        }
        FloatBuffer weight = base.float32(name).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        ByteBuffer out = DirectFloats.allocate(location, name, (long) f.out() * f.in());
        FloatBuffer merged = out.asFloatBuffer();
        double[] delta = new double[f.in()];
        for (int row = 0; row < f.out(); row++) {
            Arrays.fill(delta, 0);
            for (int k = 0; k < f.rank(); k++) {
                double b = scale * f.b().get(row * f.rank() + k);
                for (int column = 0; column < f.in(); column++) {
                    delta[column] += b * f.a().get(k * f.in() + column);
                }
            }
            for (int column = 0; column < f.in(); column++) {
                float old = weight.get(row * f.in() + column);
                // Adding nothing must leave the bits: -0.0 + 0.0 is 0.0.
                merged.put(delta[column] == 0 ? old : (float) (old + delta[column]));
            }
        }
        return out;
    }
}
