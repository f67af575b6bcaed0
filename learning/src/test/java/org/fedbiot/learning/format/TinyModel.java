package org.fedbiot.learning.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.TensorSource;
import org.fedbiot.learning.text.TokenizerFiles;
import org.fedbiot.learning.text.WordLevelTokenizerFile;

/** A model small enough for a test, with drawn weights. */
final class TinyModel implements TensorSource {
    static final WordLevelTokenizerFile.Roles ROLES =
            new WordLevelTokenizerFile.Roles("<bos>", "<eos>", "<pad>", "<unk>");
    private final Map<String, float[]> values = new TreeMap<>();
    private final LlamaConfig config;

    TinyModel(boolean tied, long seed) {
        config = new LlamaConfig(20, 16, 24, 3, 4, 2, 4, 10000.0, 1e-5, tied, 64);
        Random random = new Random(seed);
        LlamaTensors.shapes(config).forEach((name, shape) -> {
            float[] drawn = new float[(int) (shape.length == 1 ? shape[0] : shape[0] * shape[1])];
            for (int i = 0; i < drawn.length; i++) {
                drawn[i] = (float) random.nextGaussian() * 0.3f + (shape.length == 1 ? 1 : 0);
            }
            values.put(name, drawn);
        });
    }

    LlamaConfig config() {
        return config;
    }

    TokenizerFiles tokenizer() {
        List<String> words = Stream.concat(Stream.of("<pad>", "<bos>", "<eos>", "<unk>"),
                IntStream.range(0, 16).mapToObj(i -> "w" + i)).toList();
        return WordLevelTokenizerFile.of(words, ROLES);
    }

    float[] values(String name) {
        return values.get(name);
    }

    @Override
    public Set<String> names() {
        return values.keySet();
    }

    @Override
    public long[] shape(String name) {
        return LlamaTensors.shapes(config).get(name);
    }

    @Override
    public ByteBuffer float32(String name) {
        ByteBuffer out = ByteBuffer.allocateDirect(values.get(name).length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.asFloatBuffer().put(values.get(name));
        return out;
    }
}
