package org.fedbiot.worker.client;

import java.nio.file.Path;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.learning.torch.ComputeDevice;

/**
 * A compressed model in memory: frozen weights, which several threads may read, and its tokenizer. Owns the native
 * memory of both.
 */
record LoadedBase(LlamaWeights weights, Tokenizer tokenizer) implements AutoCloseable {

    /** @throws org.fedbiot.learning.BadInputException if the directory does not hold a model that can be run */
    static LoadedBase load(Path directory, BaseType type, ComputeDevice device) {
        BaseModel model = BaseModel.open(directory);
        Tokenizer tokenizer = model.tokenizer();
        try {
            return new LoadedBase(LlamaWeights.load(model.config(), model.tensors(), type, device), tokenizer);
        } catch (RuntimeException | Error failure) {
            tokenizer.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        try (tokenizer) {
            weights.close();
        }
    }
}
