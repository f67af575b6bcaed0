package org.fedbiot.learning.format;

import java.nio.file.Path;
import java.util.Map;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.learning.text.TokenizerFiles;

/**
 * A language model on disk, as its owner has it: shape, weights, tokenizer. Opening reads heads and small files only;
 * weights are mapped and read when they are asked for.
 */
public final class BaseModel {
    private final Path location;
    private final LlamaConfig config;
    private final StoredTensors tensors;
    private final TokenizerFiles tokenizerFiles;

    private BaseModel(Path location, LlamaConfig config, StoredTensors tensors, TokenizerFiles tokenizerFiles) {
        this.location = location;
        this.config = config;
        this.tensors = tensors;
        this.tokenizerFiles = tokenizerFiles;
    }

    /**
     * Opens a Hugging Face directory, a {@code .gguf} file, or a directory that holds exactly one.
     *
     * @throws BadInputException nothing there, a file missing, truncated or malformed, a config key that is not
     *     honoured, a tensor missing, unknown or of the wrong shape, or a tokenizer of another model
     */
    public static BaseModel open(Path location) {
        return ModelLocation.of(location).open();
    }

    static BaseModel of(Path location, LlamaConfig config, StoredTensors tensors, TokenizerFiles tokenizerFiles) {
        LlamaTensors.check(location, config, tensors);
        BaseModel model = new BaseModel(location, config, tensors, tokenizerFiles);
        model.tokenizer().close();
        return model;
    }

    public Path location() {
        return location;
    }

    public LlamaConfig config() {
        return config;
    }

    /** All tensors of the model under their Hugging Face names. */
    public StoredTensors tensors() {
        return tensors;
    }

    /** A new tokenizer; the caller closes it. */
    public Tokenizer tokenizer() {
        return Tokenizer.of(tokenizerFiles, config.vocabularySize());
    }

    public TokenizerFiles tokenizerFiles() {
        return tokenizerFiles;
    }

    /**
     * Identity of the base weights, over everything a forward pass depends on: see {@link ModelIdentity}. Reads all
     * weights, so keep it; about a second per GB.
     */
    public String sha256() {
        return ModelIdentity.sha256(config, tensors);
    }

    /**
     * Small files that a Hugging Face directory of this model has beside its weights, by name: config.json,
     * tokenizer.json, tokenizer_config.json.
     *
     * @param shape of the weights they will stand beside: this model's, or with fewer layers
     */
    public Map<String, byte[]> files(LlamaConfig shape, BaseType type) {
        return ModelDirectory.smallFiles(shape, tokenizerFiles, type);
    }
}
