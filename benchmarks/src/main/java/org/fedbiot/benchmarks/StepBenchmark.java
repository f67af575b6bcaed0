package org.fedbiot.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.learning.torch.Torch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times one LoRA step and one forward pass beside PyTorch's best graph, turn by turn on the same weights. */
@Command(name = "step-benchmark", mixinStandardHelpOptions = true, sortOptions = false,
        description = "One LoRA step and one forward pass beside PyTorch's best graph on the same weights.")
public final class StepBenchmark implements Callable<Integer> {
    /** A larger gap between the losses means that the two sides do not compute the same thing. */
    private static final double FLOAT32_GAP = 1e-4;
    private static final double BFLOAT16_GAP = 5e-3;

    private enum Size { SMOLLM2, TINY }

    private enum Kind { FORWARD, LORA }

    @Option(names = "--python", paramLabel = "PATH", description = "a python that has torch; without it only our side is timed")
    private Optional<String> python;

    @Option(names = "--script", paramLabel = "FILE", defaultValue = "benchmarks/src/main/python/step_benchmark.py", description = "the peer (default: ${DEFAULT-VALUE})")
    private Path script;

    @Option(names = "--work", paramLabel = "DIR", defaultValue = "benchmarks/target/step-benchmark", description = "where the random weights are kept (default: ${DEFAULT-VALUE})")
    private Path work;

    @Option(names = "--size", defaultValue = "SMOLLM2", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Size size;

    @Option(names = "--shapes", split = ",", defaultValue = "4x128,4x512", description = "sequences x tokens (default: ${DEFAULT-VALUE})")
    private List<String> shapes;

    @Option(names = "--types", split = ",", defaultValue = "FLOAT32,BFLOAT16", description = "${COMPLETION-CANDIDATES} (default: both)")
    private List<BaseType> types;

    @Option(names = "--kinds", split = ",", defaultValue = "FORWARD,LORA", description = "${COMPLETION-CANDIDATES} (default: both)")
    private List<Kind> kinds;

    @Option(names = "--rounds", defaultValue = "5", description = "timed turns of each side, after one that is not timed (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--threads", defaultValue = "2", description = "intra-op threads of each side (default: ${DEFAULT-VALUE})")
    private int threads;

    @Option(names = "--device", defaultValue = "cpu", description = "what our side computes on: cpu, cuda or cuda:<n> (default: ${DEFAULT-VALUE})")
    private String device;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(new CommandLine(new StepBenchmark()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Torch.useThreads(threads);
        ComputeDevice on = ComputeDevice.of(device);
        Torch.require(on);
        StepModel model = size == Size.SMOLLM2 ? StepModel.smolLm2() : StepModel.tiny();
        model.write(work);
        PrintWriter out = spec.commandLine().getOut();
        out.println("ours on " + on + ", libtorch " + Torch.library());
        out.printf(Locale.ROOT, "%-8s %-7s %-6s %10s %10s %10s %10s %7s %10s %10s%n",
                "type", "kind", "shape", "ours min", "median", "torch min", "median", "ratio", "our loss", "torch loss");
        boolean same = true;
        for (BaseType type : types) {
            try (OurStep ours = new OurStep(model, work, type, on); PythonStep theirs = peer(model, type)) {
                if (theirs != null) {
                    out.println("torch " + theirs.version() + ", " + threads + " threads");
                }
                for (String shape : shapes) {
                    for (Kind kind : kinds) {
                        same &= compare(out, type, kind, StepShape.of(shape), ours, theirs);
                    }
                }
            }
        }
        return same ? 0 : 1;
    }

    private PythonStep peer(StepModel model, BaseType type) throws IOException {
        return python.isPresent() ? new PythonStep(python.get(), script, model, work, type, threads) : null;
    }

    private boolean compare(PrintWriter out, BaseType type, Kind kind, StepShape shape, Peer ours, Peer theirs) throws IOException {
        List<Double> ourSeconds = new ArrayList<>();
        List<Double> theirSeconds = new ArrayList<>();
        Measurement our = null;
        Measurement their = null;
        double gap = 0;
        for (int round = 0; round <= rounds; round++) {
            our = measure(ours, kind, shape);
            their = theirs == null ? null : measure(theirs, kind, shape);
            if (round > 0) {
                ourSeconds.add(our.seconds());
            }
            if (their != null) {
                gap = Math.max(gap, Math.abs(our.loss() - their.loss()) / their.loss());
                if (round > 0) {
                    theirSeconds.add(their.seconds());
                }
            }
        }
        String name = type.name().toLowerCase(Locale.ROOT);
        if (their == null) {
            out.printf(Locale.ROOT, "%-8s %-7s %-6s %10.4f %10.4f %10s %10s %7s %10.5f%n", name, kind.name().toLowerCase(Locale.ROOT), shape,
                    min(ourSeconds), median(ourSeconds), "-", "-", "-", our.loss());
            out.flush();
            return true;
        }
        boolean same = gap <= (type == BaseType.FLOAT32 ? FLOAT32_GAP : BFLOAT16_GAP);
        out.printf(Locale.ROOT, "%-8s %-7s %-6s %10.4f %10.4f %10.4f %10.4f %7.2f %10.5f %10.5f%s%n", name, kind.name().toLowerCase(Locale.ROOT), shape,
                min(ourSeconds), median(ourSeconds), min(theirSeconds), median(theirSeconds), min(ourSeconds) / min(theirSeconds),
                our.loss(), their.loss(), same ? "" : "  LOSSES DIFFER by " + gap);
        out.flush();
        return same;
    }

    private static Measurement measure(Peer peer, Kind kind, StepShape shape) throws IOException {
        return kind == Kind.FORWARD ? peer.forward(shape) : peer.loraStep(shape);
    }

    private static double min(List<Double> seconds) {
        return seconds.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    private static double median(List<Double> seconds) {
        double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length == 0 ? Double.NaN : sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
