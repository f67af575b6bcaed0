package org.fedbiot.learning.check;

import java.nio.ByteBuffer;
import java.util.Set;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.SplitMix64;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.TensorSource;

/** Drawn weights of a shape, lively enough that every layer shows in the logits. */
record GeneratedTensors(LlamaConfig config, long seed) implements TensorSource {

    @Override
    public Set<String> names() {
        return LlamaWeights.shapes(config).keySet();
    }

    @Override
    public long[] shape(String name) {
        return LlamaWeights.shapes(config).get(name).getShape();
    }

    @Override
    public ByteBuffer float32(String name) {
        long[] shape = shape(name);
        int elements = Math.toIntExact(LlamaWeights.shapes(config).get(name).size());
        boolean norm = shape.length == 1;
        double deviation = norm ? 0.2 : 0.8 / Math.sqrt(shape[1]);
        SplitMix64 random = Seeds.generator(seed, name);
        ByteBuffer values = TensorSource.allocate(elements * Float.BYTES);
        while (values.hasRemaining()) {
            values.putFloat((float) ((norm ? 1 : 0) + deviation * random.nextGaussian()));
        }
        return values.flip();
    }
}
