package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.text.TokenizerFiles;

/** What lies at a path that a person gave as a model. */
record ModelLocation(Path path, boolean gguf) {
    static ModelLocation of(Path path) {
        if (Files.isRegularFile(path)) {
            if (path.toString().endsWith(".gguf")) {
                return new ModelLocation(path, true);
            }
            throw new BadInputException(path, "a model is a directory or a .gguf file");
        }
        if (!Files.isDirectory(path)) {
            throw new BadInputException(path, "no model there");
        }
        if (Files.exists(path.resolve(HuggingFaceConfig.FILE))) {
            return new ModelLocation(path, false);
        }
        List<Path> files = ggufFiles(path);
        if (files.size() == 1) {
            return new ModelLocation(files.get(0), true);
        }
        throw new BadInputException(path, files.isEmpty()
                ? "holds neither " + HuggingFaceConfig.FILE + " nor a .gguf file"
                : "holds " + files.size() + " .gguf files; name one of them");
    }

    BaseModel open() {
        return gguf ? openGguf() : openDirectory();
    }

    private BaseModel openDirectory() {
        LlamaConfig config = HuggingFaceConfig.read(path.resolve(HuggingFaceConfig.FILE));
        return BaseModel.of(path, config, SafetensorsDirectory.open(path), TokenizerFiles.read(path));
    }

    private BaseModel openGguf() {
        GgufFile file = GgufFile.open(path);
        return BaseModel.of(path, file.config(), file, file.tokenizerFiles());
    }

    private static List<Path> ggufFiles(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> entry.toString().endsWith(".gguf")).sorted().toList();
        } catch (IOException e) {
            throw new BadInputException(directory, "cannot be read: " + e.getMessage(), e);
        }
    }
}
