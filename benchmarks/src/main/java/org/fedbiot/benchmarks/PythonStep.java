package org.fedbiot.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.fedbiot.learning.model.BaseType;

/** PyTorch's side: a Python process that answers one line per question, idle while the other side computes. */
final class PythonStep implements Peer {
    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;
    private final String version;

    PythonStep(String python, Path script, StepModel model, Path directory, BaseType type, int threads) throws IOException {
        process = new ProcessBuilder(List.of(python, script.toString(),
                model.weightsFile(directory).toString(), model.factorsFile(directory).toString(),
                type == BaseType.FLOAT32 ? "float32" : "bfloat16", Integer.toString(threads),
                Integer.toString(model.config().heads()), Integer.toString(model.config().keyValueHeads()),
                Double.toString(model.config().ropeTheta()), Double.toString(model.config().normEpsilon()),
                Integer.toString(model.emulatorLayers()), Integer.toString(model.adapterLayers()),
                Double.toString(StepModel.LORA.scale())))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        questions = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        version = answer();
    }

    /** "2.13.0+cpu", say. */
    String version() {
        return version;
    }

    @Override
    public Measurement forward(StepShape shape) throws IOException {
        return ask("forward", shape);
    }

    @Override
    public Measurement loraStep(StepShape shape) throws IOException {
        return ask("lora", shape);
    }

    private Measurement ask(String what, StepShape shape) throws IOException {
        questions.write(what + " " + shape.sequences() + " " + shape.length() + "\n");
        questions.flush();
        String[] parts = answer().split(" ");
        return new Measurement(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("The Python peer ended without an answer; its own message is above");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        questions.close();
        answers.close();
        process.destroy();
    }
}
