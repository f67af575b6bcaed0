package org.fedbiot.cli.model;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.output.Output;
import org.fedbiot.learning.model.LlamaWeights;
import org.fedbiot.learning.pretrain.PretrainedDirectory;
import org.fedbiot.learning.pretrain.Pretraining;
import org.fedbiot.learning.pretrain.PretrainingRecipe;
import org.fedbiot.learning.pretrain.PretrainingRecipe.Stage;
import org.fedbiot.learning.pretrain.PretrainingReport;
import org.fedbiot.learning.torch.Torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the small model that the quickstart runs on. */
@Command(
        name = "pretrain",
        mixinStandardHelpOptions = true,
        description = "Train the small model of the quickstart from nothing, on generated text. Takes 20 to 40 minutes "
                + "on two cores. The same seed and threads give the same weights on the same kind of machine.")
public final class PretrainCommand implements Callable<Integer> {

    private static final int STEPS_PER_LINE = 25;

    @Spec
    private CommandSpec spec;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Where to write the model.")
    private Path to;

    @Option(names = "--seed", defaultValue = "0", description = "Seed of weights and text (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--threads", defaultValue = "2", description = "Threads to compute with (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Mixin
    private Output output;

    private double losses;

    /**
     * What was made; the names of its JSON are public.
     *
     * @param scores as sentences
     */
    private record Pretrained(String location, List<String> scores) {
    }

    @Override
    public Integer call() {
        // Found now, not after twenty minutes.
        if (Files.exists(to)) {
            throw new UserError(to + ": is there already; name another place");
        }
        if (threads < 1) {
            throw new UserError("--threads must be at least 1, it is " + threads);
        }
        Torch.useThreads(threads);
        PretrainingRecipe recipe = PretrainingRecipe.small();
        long start = System.nanoTime();
        try (LlamaWeights weights = Pretraining.run(recipe, seed, (stage, step, loss, now) ->
                show(stage, step, loss, System.nanoTime() - start))) {
            PretrainingReport report = PretrainingReport.of(weights, seed);
            PretrainedDirectory.write(to, weights, readme(report));
            output.print(new Pretrained(to.toString(), report.lines()), () -> {
                List<String> lines = new ArrayList<>(report.lines());
                lines.add(to.toString());
                return lines;
            });
            return 0;
        } catch (IOException e) {
            throw new UserError(to + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private void show(Stage stage, int step, double loss, long nanos) {
        losses += loss;
        if (step % STEPS_PER_LINE == 0) {
            PrintWriter err = spec.commandLine().getErr();
            err.printf(Locale.ROOT, "%s %d/%d  loss %.3f  %d s%n", stage.name(), step, stage.steps(),
                    losses / STEPS_PER_LINE, nanos / 1_000_000_000);
            err.flush();
            losses = 0;
        }
    }

    private String readme(PretrainingReport report) {
        return String.join("\n", List.of(
                "# fedbiot-small",
                "",
                "A LLaMA of 2.1 million parameters over 368 words, made by this project on text that it generates:",
                "",
                "    ./fedbiot model pretrain --to DIR --seed " + seed + " --threads " + threads,
                "",
                "It can reverse, rotate and search short lists, sort three numbers and convert units. The private tasks of",
                "the quickstart ask for these in domains and with reply conventions that it has never seen. Weights are",
                "binary16. Share of replies that are exact, on fresh text:",
                "",
                "    " + String.join("\n    ", report.lines()),
                ""));
    }
}
