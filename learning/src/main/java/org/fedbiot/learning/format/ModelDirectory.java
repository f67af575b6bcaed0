package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.TensorSource;
import org.fedbiot.learning.text.TokenizerFiles;

/** Writes a model as a Hugging Face directory, one tensor in memory at a time. */
public final class ModelDirectory {
    private static final int PIECE_ELEMENTS = 1 << 18;

    private ModelDirectory() { }

    /**
     * Writes config.json, tokenizer files and model.safetensors. The directory stands under its name only when whole.
     *
     * @param type element type in the file; bf16 rounds to nearest, ties to even
     */
    public static void write(Path target, LlamaConfig config, TensorSource tensors, TokenizerFiles tokenizer,
            BaseType type) throws IOException {
        try (StagedDirectory directory = StagedDirectory.create(target)) {
            for (Map.Entry<String, byte[]> file : smallFiles(config, tokenizer, type).entrySet()) {
                Files.write(directory.path().resolve(file.getKey()), file.getValue());
            }
            List<TensorDeclaration> declarations = new ArrayList<>();
            LlamaTensors.shapes(config).forEach((name, shape) ->
                    declarations.add(TensorDeclaration.of(name, ElementType.of(type), shape)));
            try (SafetensorsWriter writer = SafetensorsWriter.create(
                    directory.path().resolve(SafetensorsDirectory.SINGLE), declarations, Map.of("format", "pt"))) {
                for (TensorDeclaration tensor : declarations) {
                    write(writer, tensor, tensors.float32(tensor.name()));
                }
                writer.commit();
            }
            directory.commit();
        }
    }

    /**
     * The files that stand beside the weights, by name: config.json, tokenizer.json, tokenizer_config.json.
     *
     * @param config shape of the weights they stand beside, which may have fewer layers than the full model
     */
    public static Map<String, byte[]> smallFiles(LlamaConfig config, TokenizerFiles tokenizer, BaseType type) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(HuggingFaceConfig.FILE, HuggingFaceConfig.json(config, tokenizer.specialTokens(), type));
        files.put(TokenizerFiles.TOKENIZER, tokenizer.tokenizerJson());
        files.put(TokenizerFiles.CONFIG, tokenizer.tokenizerConfigJson());
        return files;
    }

    private static void write(SafetensorsWriter writer, TensorDeclaration tensor, ByteBuffer float32)
            throws IOException {
        FloatBuffer values = float32.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        int elementBytes = tensor.type().bytes();
        ByteBuffer piece = ByteBuffer.allocate(PIECE_ELEMENTS * elementBytes);
        for (int from = 0; from < values.capacity(); from += PIECE_ELEMENTS) {
            int count = Math.min(PIECE_ELEMENTS, values.capacity() - from);
            piece.clear();
            tensor.type().narrow(values.slice(from, count), piece);
            writer.write(tensor.name(), (long) from * elementBytes, piece.flip());
        }
    }
}
