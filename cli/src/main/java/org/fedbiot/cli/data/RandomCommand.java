package org.fedbiot.cli.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.model.ModelCatalog;
import org.fedbiot.cli.output.Output;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.JsonlExamples;
import org.fedbiot.learning.data.JsonlWriter;
import org.fedbiot.learning.data.RandomTokens;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a public set that means nothing. */
@Command(
        name = "random",
        mixinStandardHelpOptions = true,
        description = "Write records of random tokens, one for each of a file and about as long, to align on.")
public final class RandomCommand implements Callable<Integer> {

    @Option(names = "--model", required = true, paramLabel = "NAME|PATH",
            description = "Whose vocabulary is drawn from: a pulled model, a Hugging Face directory or a GGUF file.")
    private String model;

    @Option(names = "--like", required = true, paramLabel = "FILE", description = "JSONL whose lengths are taken.")
    private Path like;

    @Option(names = "--seed", defaultValue = "0", description = "Of the draws; 0 by default.")
    private long seed;

    @Parameters(paramLabel = "OUT", description = "JSONL to write.")
    private Path out;

    @Mixin
    private Output output;

    /** What was written; the names of its JSON are public. */
    private record Written(String file, int records) {
    }

    @Override
    public Integer call() {
        List<Example> records = JsonlExamples.read(like).examples();
        try (Tokenizer tokenizer = BaseModel.open(ModelCatalog.find(model).orElse(Path.of(model))).tokenizer()) {
            List<Example> random = new RandomTokens(tokenizer, seed).like(records);
            JsonlWriter.write(out, random);
            output.print(new Written(out.toString(), random.size()),
                    () -> List.of(out + ": " + random.size() + " records of random tokens"));
        } catch (IOException e) {
            throw new UserError(out + ": cannot be written: " + e.getMessage(), e);
        }
        return 0;
    }
}
