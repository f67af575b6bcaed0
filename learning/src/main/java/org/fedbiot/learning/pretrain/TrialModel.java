package org.fedbiot.learning.pretrain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fedbiot.learning.format.ModelDirectory;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.model.TensorSource;
import org.fedbiot.learning.text.WordLevelTokenizerFile;

/**
 * A random model of six layers that is made in no time, and text in its sixty words: for trials of everything around
 * the learning.
 */
public final class TrialModel {

    public static final LlamaConfig CONFIG = new LlamaConfig(64, 32, 48, 6, 4, 2, 8, 10000, 1e-5, true, 64);

    private TrialModel() {
    }

    /** Writes a Hugging Face directory. */
    public static void write(Path directory, long seed) throws IOException {
        List<String> words = new ArrayList<>(List.of("<bos>", "<eos>", "<pad>", "<unk>"));
        IntStream.range(words.size(), CONFIG.vocabularySize()).forEach(id -> words.add("w" + id));
        try (LlamaWeights weights = LlamaWeights.initial(CONFIG, seed)) {
            ModelDirectory.write(directory, CONFIG, new Source(weights),
                    WordLevelTokenizerFile.of(words,
                            new WordLevelTokenizerFile.Roles("<bos>", "<eos>", "<pad>", "<unk>")),
                    BaseType.FLOAT32);
        }
    }

    /** Writes records whose reply repeats words of the prompt, so that there is something to learn. */
    public static Path text(Path file, int records, long seed) throws IOException {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (int record = 0; record < records; record++) {
            List<String> prompt = random.ints(4 + random.nextInt(6), 4, 64).mapToObj(id -> "w" + id).toList();
            String reply = prompt.stream().limit(3).collect(Collectors.joining(" "));
            lines.add("{\"prompt\": \"%s\", \"reply\": \"%s\"}".formatted(String.join(" ", prompt), reply));
        }
        return Files.write(file, lines);
    }

    private record Source(LlamaWeights weights) implements TensorSource {

        @Override
        public Set<String> names() {
            return weights.names();
        }

        @Override
        public long[] shape(String name) {
            return weights.get(name).getShape().getShape();
        }

        @Override
        public ByteBuffer float32(String name) {
            return weights.bytes(name);
        }
    }
}
