package org.fedbiot.worker.server;

import java.nio.file.Path;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.worker.MethodOptions;

/**
 * The owner's full model in memory, of the CPU or another device. Lives on the server's side only; owns the native memory of weights and tokenizer.
 */
record FullModel(BaseModel files, LlamaWeights weights, Tokenizer tokenizer) implements AutoCloseable {

    /**
     * Opens and loads what a run was submitted for.
     *
     * @throws BadInputException if there is no such model, or it is not the one that the run names
     */
    static FullModel load(ModelSpec spec, ComputeDevice device) {
        BaseModel files = open(spec);
        LlamaConfig config = files.config();
        require(spec, "layers", spec.getLayers(), config.layers());
        require(spec, "layerParameters", spec.getLayerParameters(), config.layerParameters());
        require(spec, "otherParameters", spec.getOtherParameters(), config.otherParameters());
        Tokenizer tokenizer = files.tokenizer();
        try {
            return new FullModel(files, LlamaWeights.load(config, files.tensors(),
                    MethodOptions.baseType(spec.getDataType()), device), tokenizer);
        } catch (RuntimeException | Error failure) {
            tokenizer.close();
            throw failure;
        }
    }

    /**
     * Opens what a run was submitted for, and loads nothing of it.
     *
     * @throws BadInputException if there is no such model, or it has another hash
     */
    static BaseModel open(ModelSpec spec) {
        BaseModel files = BaseModel.open(Path.of(spec.getLocation()));
        require(spec, "sha256", spec.getSha256(), files.sha256());
        return files;
    }

    private static void require(ModelSpec spec, String key, Object asked, Object found) {
        if (!asked.equals(found)) {
            throw new BadInputException("the model at %s has %s %s, the run was submitted for %s".formatted(
                    spec.getLocation(), key, found, asked));
        }
    }

    @Override
    public void close() {
        try (tokenizer) {
            weights.close();
        }
    }
}
