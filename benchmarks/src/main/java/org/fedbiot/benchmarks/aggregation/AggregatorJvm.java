package org.fedbiot.benchmarks.aggregation;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fedbiot.schemas.client.KafkaSettings;

/** A running {@link AggregatorMain}. */
final class AggregatorJvm implements AutoCloseable {

    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;

    /**
     * @param options of the JVM
     * @param overrides of the aggregator's Kafka settings
     */
    AggregatorJvm(KafkaSettings kafka, Path stateDirectory, int threads, List<String> options,
            Map<String, String> overrides) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp",
                System.getProperty("java.class.path"), AggregatorMain.class.getName(), kafka.bootstrapServers(),
                kafka.schemaRegistryUrl(), stateDirectory.toString(), Integer.toString(threads)));
        overrides.forEach((name, value) -> command.addAll(List.of("--kafka", name + "=" + value)));
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        questions = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void watchHeap() throws IOException {
        ask(AggregatorMain.WATCH_HEAP);
    }

    /** Bytes in use after a full collection, at the peak since {@link #watchHeap}. */
    long heapPeak() throws IOException {
        return Long.parseLong(ask(AggregatorMain.HEAP_PEAK));
    }

    private String ask(String question) throws IOException {
        questions.write(question + "\n");
        questions.flush();
        String line = answers.readLine();
        // The JVM itself may have something to say there, such as where it records to.
        while (line != null && !line.startsWith(AggregatorMain.ANSWER)) {
            line = answers.readLine();
        }
        if (line == null) {
            throw new IOException("the aggregator ended without an answer; its own message is above");
        }
        return line.substring(AggregatorMain.ANSWER.length());
    }

    @Override
    public void close() throws IOException {
        questions.close();
        answers.close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroy();
        }
    }
}
