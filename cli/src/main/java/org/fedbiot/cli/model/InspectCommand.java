package org.fedbiot.cli.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.fedbiot.cli.output.Output;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.model.LlamaConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Says what a model on disk is. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Say what a Hugging Face directory or GGUF file holds, or why it cannot be used.")
public final class InspectCommand implements Callable<Integer> {

    /**
     * What it is; the names of its JSON are public, and those of its sizes are the keys of a run's {@code model.shape}.
     *
     * @param sha256 of the weights, by which runs name the model
     */
    record Inspected(String location, int layers, long layerParameters, long otherParameters, int hiddenSize,
            int intermediateSize, int heads, int keyValueHeads, int headSize, int vocabularySize,
            boolean tiedEmbeddings, int contextLength, String sha256) {

        List<String> lines() {
            return List.of(location,
                    String.format(Locale.ROOT, "  layers      %d of %,d parameters, %,d outside them", layers,
                            layerParameters, otherParameters),
                    "  hidden      " + hiddenSize + ", intermediate " + intermediateSize,
                    "  heads       " + heads + ", " + keyValueHeads + " for keys and values, of " + headSize,
                    String.format(Locale.ROOT, "  vocabulary  %d, %s embeddings", vocabularySize,
                            tiedEmbeddings ? "tied" : "untied"),
                    "  context     " + contextLength,
                    "  weights     " + sha256);
        }
    }

    @Parameters(paramLabel = "PATH", description = "Hugging Face directory or GGUF file.")
    private Path path;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        BaseModel model = BaseModel.open(path);
        LlamaConfig config = model.config();
        Inspected inspected = new Inspected(model.location().toString(), config.layers(), config.layerParameters(),
                config.otherParameters(), config.hiddenSize(), config.intermediateSize(), config.heads(),
                config.keyValueHeads(), config.headSize(), config.vocabularySize(), config.tiedEmbeddings(),
                config.contextLength(), model.sha256());
        output.print(inspected, inspected::lines);
        return 0;
    }
}
