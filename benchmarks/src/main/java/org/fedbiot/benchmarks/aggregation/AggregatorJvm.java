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
import org.fedbiot.schemas.client.KafkaSettings;

/** A running {@link AggregatorMain}. */
final class AggregatorJvm implements AutoCloseable {

    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;

    /** @param options of the JVM */
    AggregatorJvm(KafkaSettings kafka, Path stateDirectory, int threads, List<String> options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp",
                System.getProperty("java.class.path"), AggregatorMain.class.getName(), kafka.bootstrapServers(),
                kafka.schemaRegistryUrl(), stateDirectory.toString(), Integer.toString(threads)));
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
        return Long.parseLong(ask(AggregatorMain.HEAP_PEAK).split(" ")[0]);
    }

    private String ask(String question) throws IOException {
        questions.write(question + "\n");
        questions.flush();
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the aggregator ended without an answer; its own message is above");
        }
        return line;
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
