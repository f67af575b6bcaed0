package org.fedbiot.cli.simulation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Apicurio Registry in a JVM of its own, all in memory: a registry of other people's making that speaks Confluent's
 * REST API.
 */
final class ApicurioRegistry implements AutoCloseable {

    private static final Path HOME = Path.of("target", "apicurio");
    private static final String CONFLUENT_API = "/apis/ccompat/v7";
    private static final Pattern LISTENS = Pattern.compile("Listening on: (http://\\S+)");
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final CompletableFuture<String> address = new CompletableFuture<>();

    private ApicurioRegistry(Process process) {
        this.process = process;
    }

    /** Returns at once; {@link #url} waits. */
    static ApicurioRegistry start() {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Quick to start and small; it answers a few dozen requests.
                "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Dquarkus.http.host=127.0.0.1", "-Dquarkus.http.port=0",
                "-jar", jar().toString()).redirectErrorStream(true);
        try {
            ApicurioRegistry registry = new ApicurioRegistry(builder.start());
            Thread reader = new Thread(registry::read, "apicurio-output");
            reader.setDaemon(true);
            reader.start();
            return registry;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start Apicurio", e);
        }
    }

    /** For {@code schema.registry.url}, once it answers. */
    String url() {
        return address.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join() + CONFLUENT_API;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** To its end, so that it never waits for its output to be read. */
    private void read() {
        String last = "";
        try (BufferedReader output = process.inputReader()) {
            for (Optional<String> line = next(output); line.isPresent(); line = next(output)) {
                last = line.get();
                Matcher listens = LISTENS.matcher(last);
                if (listens.find()) {
                    address.complete(listens.group(1));
                }
            }
        } catch (IOException e) {
            last = e.toString();
        }
        address.completeExceptionally(new IllegalStateException("Apicurio ended before it answered: " + last));
    }

    private static Optional<String> next(BufferedReader output) throws IOException {
        return Optional.ofNullable(output.readLine());
    }

    private static Path jar() {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(HOME, "*-runner.jar")) {
            return jars.iterator().next().toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(HOME.toAbsolutePath() + ": Apicurio is not unpacked there; run"
                    + " mvn -pl cli -am pre-integration-test", e);
        }
    }
}
