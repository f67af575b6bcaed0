package org.fedbiot.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fedbiot.benchmarks.aggregation.HeapPeak;
import org.fedbiot.cli.replay.ReplayCommand;
import org.fedbiot.schemas.client.KafkaSettings;
import picocli.CommandLine;

/** {@code fedbiot replay} in a process of its own, whose heap is its own and small. */
public final class ReplayJvm {

    private static final String ANSWER = "replay-answer ";
    private static final String WATCHED = "watched";

    /**
     * How a replay went.
     *
     * @param seconds from the command's start, the JVM's not counted
     * @param heapBytes in use after a full collection, at the peak; 0 where it was not watched
     */
    record Outcome(int exitCode, double seconds, long heapBytes) {
    }

    private ReplayJvm() {
    }

    static Outcome run(KafkaSettings kafka, Path directory, boolean watchHeap) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseParallelGC",
                "-Djava.io.tmpdir=" + directory, "-Dfedbiot.logFile=" + directory.resolve("replay.log"),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", System.getProperty("java.class.path"),
                ReplayJvm.class.getName(), kafka.bootstrapServers(), kafka.schemaRegistryUrl(),
                watchHeap ? WATCHED : "alone")).redirectErrorStream(true).start();
        Outcome outcome = null;
        List<String> said = new ArrayList<>();
        try (BufferedReader answers = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith(ANSWER)) {
                    String[] words = line.substring(ANSWER.length()).split(" ");
                    outcome = new Outcome(Integer.parseInt(words[0]), Double.parseDouble(words[1]),
                            Long.parseLong(words[2]));
                } else {
                    said.add(line);
                }
            }
        }
        if (process.waitFor() != 0 || outcome == null) {
            throw new IOException("the replay ended without an answer: " + String.join("\n", said));
        }
        if (outcome.exitCode() != 0) {
            said.forEach(System.err::println);
        }
        return outcome;
    }

    /** @param args bootstrap servers, registry url, and whether the heap is watched */
    public static void main(String[] args) {
        HeapPeak heap = new HeapPeak();
        boolean watched = args[2].equals(WATCHED);
        if (watched) {
            heap.start();
        }
        long start = System.nanoTime();
        int code = new CommandLine(new ReplayCommand()).execute(LoggedRound.RUN, "--bootstrap-servers", args[0],
                "--schema-registry", args[1]);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.println(ANSWER + code + " " + seconds + " " + (watched ? heap.stop() : 0));
        System.exit(0);
    }
}
