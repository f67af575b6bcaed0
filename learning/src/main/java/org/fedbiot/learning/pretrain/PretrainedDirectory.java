package org.fedbiot.learning.pretrain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fedbiot.learning.data.generated.Vocabulary;
import org.fedbiot.learning.format.ElementType;
import org.fedbiot.learning.format.ModelDirectory;
import org.fedbiot.learning.format.SafetensorsWriter;
import org.fedbiot.learning.format.StagedDirectory;
import org.fedbiot.learning.format.TensorDeclaration;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.text.TokenizerFiles;
import org.fedbiot.learning.text.WordLevelTokenizerFile;

/** Writes a pre-trained model as a Hugging Face directory with weights in binary16: half the size, the same scores. */
public final class PretrainedDirectory {
    private static final String WEIGHTS = "model.safetensors";
    private static final String README = "README.md";

    private PretrainedDirectory() {
    }

    /** Writes all files; the directory stands under its name only when whole. */
    public static void write(Path target, LlamaWeights weights, String readme) throws IOException {
        List<String> words = Vocabulary.words();
        TokenizerFiles tokenizer = WordLevelTokenizerFile.of(words, new WordLevelTokenizerFile.Roles(
                words.get(Vocabulary.BOS), words.get(Vocabulary.EOS), words.get(Vocabulary.PAD), words.get(Vocabulary.PAD)));
        try (StagedDirectory directory = StagedDirectory.create(target)) {
            for (Map.Entry<String, byte[]> file
                    : ModelDirectory.smallFiles(weights.config(), tokenizer, BaseType.FLOAT32).entrySet()) {
                Files.write(directory.path().resolve(file.getKey()), file.getValue());
            }
            Files.writeString(directory.path().resolve(README), readme);
            List<TensorDeclaration> tensors = weights.names().stream().map(name ->
                    TensorDeclaration.of(name, ElementType.F16, weights.get(name).getShape().getShape())).toList();
            try (SafetensorsWriter writer = SafetensorsWriter.create(directory.path().resolve(WEIGHTS), tensors,
                    Map.of("format", "pt"))) {
                for (TensorDeclaration tensor : tensors) {
                    ByteBuffer narrow = ByteBuffer.allocate(Math.toIntExact(tensor.bytes()));
                    ByteBuffer wide = weights.bytes(tensor.name()).order(ByteOrder.LITTLE_ENDIAN);
                    ElementType.F16.narrow(wide.asFloatBuffer(), narrow);
                    writer.write(tensor.name(), 0, narrow.flip());
                }
                writer.commit();
            }
            directory.commit();
        }
    }
}
