package org.fedbiot.cli.model;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.model.LlamaConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says what a model on disk is. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Say what a Hugging Face directory or GGUF file holds, or why it cannot be used.")
public final class InspectCommand implements Callable<Integer> {

    @Parameters(paramLabel = "PATH", description = "Hugging Face directory or GGUF file.")
    private Path path;

    @Override
    public Integer call() {
        BaseModel model = BaseModel.open(path);
        LlamaConfig config = model.config();
        System.out.printf(Locale.ROOT,
                "%s%n  layers      %d of %,d parameters, %,d outside them%n  hidden      %d, intermediate %d%n"
                        + "  heads       %d, %d for keys and values, of %d%n  vocabulary  %d, %s embeddings%n"
                        + "  weights     %s%n",
                model.location(), config.layers(), config.layerParameters(), config.otherParameters(),
                config.hiddenSize(), config.intermediateSize(), config.heads(), config.keyValueHeads(),
                config.headSize(), config.vocabularySize(), config.tiedEmbeddings() ? "tied" : "untied",
                model.sha256());
        return 0;
    }
}
