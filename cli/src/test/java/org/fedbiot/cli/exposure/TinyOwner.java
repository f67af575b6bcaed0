package org.fedbiot.cli.exposure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fedbiot.learning.format.ModelDirectory;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.TensorSource;
import org.fedbiot.learning.text.TokenizerFiles;
import org.fedbiot.learning.text.WordLevelTokenizerFile;

/** An owner's model with drawn weights, whose wide linears need two chunks in fp32. */
final class TinyOwner implements TensorSource {

    static final int LAYERS = 6;

    private static final LlamaConfig CONFIG =
            new LlamaConfig(20, 32, 4200, LAYERS, 2, 1, 16, 10_000, 1e-5, false, 64);

    private final long seed;

    private TinyOwner(long seed) {
        this.seed = seed;
    }

    /** Writes the model, in fp32. */
    static Path write(Path directory, long seed) throws IOException {
        List<String> words = Stream.concat(Stream.of("<pad>", "<bos>", "<eos>", "<unk>"),
                IntStream.range(0, 16).mapToObj(i -> "w" + i)).toList();
        TokenizerFiles tokenizer = WordLevelTokenizerFile.of(words,
                new WordLevelTokenizerFile.Roles("<bos>", "<eos>", "<pad>", "<unk>"));
        ModelDirectory.write(directory, CONFIG, new TinyOwner(seed), tokenizer, BaseType.FLOAT32);
        return directory;
    }

    @Override
    public Set<String> names() {
        return LlamaWeights.shapes(CONFIG).keySet();
    }

    @Override
    public long[] shape(String name) {
        return LlamaWeights.shapes(CONFIG).get(name).getShape();
    }

    @Override
    public ByteBuffer float32(String name) {
        ByteBuffer values = TensorSource.allocate((int) LlamaWeights.shapes(CONFIG).get(name).size() * Float.BYTES);
        Random random = new Random(seed + name.hashCode());
        while (values.hasRemaining()) {
            values.putFloat(random.nextFloat() - 0.5f);
        }
        return values.flip();
    }
}
