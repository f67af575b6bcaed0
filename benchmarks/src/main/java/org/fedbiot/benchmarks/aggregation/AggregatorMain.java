package org.fedbiot.benchmarks.aggregation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fedbiot.aggregator.stream.AggregatorProcess;
import org.fedbiot.schemas.client.KafkaSettings;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The aggregator in a process of its own, so that its heap is its own. Ends when its standard input does. */
@Command(name = "aggregator")
public final class AggregatorMain implements Callable<Integer> {

    /** Words that it answers, each with one line. */
    static final String WATCH_HEAP = "watch-heap";
    static final String HEAP_PEAK = "heap-peak";

    /** How each answer starts. */
    static final String ANSWER = "answer: ";

    @Parameters(index = "0")
    private String bootstrapServers;

    @Parameters(index = "1")
    private String registryUrl;

    @Parameters(index = "2")
    private Path stateDirectory;

    @Parameters(index = "3")
    private int threads;

    @Option(names = "--kafka")
    private Map<String, String> overrides = Map.of();

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(new CommandLine(new AggregatorMain()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        HeapPeak heap = new HeapPeak();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        KafkaSettings settings = new KafkaSettings(bootstrapServers, registryUrl, overrides);
        try (AggregatorProcess process = new AggregatorProcess(settings, stateDirectory, threads)) {
            // A failure is logged; the benchmark sees this process gone.
            process.onFailure(failure -> Runtime.getRuntime().halt(1));
            process.start();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals(WATCH_HEAP)) {
                    heap.start();
                    out.println(ANSWER);
                } else {
                    out.println(ANSWER + heap.stop());
                }
                out.flush();
            }
        }
        return 0;
    }
}
