package org.fedbiot.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.fedbiot.coordinator.runtime.CoordinatorProcess;
import org.fedbiot.schemas.client.KafkaSettings;

/** A coordinator in a process of its own, so that its time counts from a cold start. */
public final class RecoveringCoordinator {

    private RecoveringCoordinator() {
    }

    static Process launch(KafkaSettings settings) throws IOException {
        return new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel="
                        + System.getProperty("org.slf4j.simpleLogger.defaultLogLevel", "error"),
                "-cp", System.getProperty("java.class.path"), RecoveringCoordinator.class.getName(),
                settings.bootstrapServers(), settings.schemaRegistryUrl())).inheritIO().start();
    }

    /** @param args bootstrap servers and registry url */
    public static void main(String[] args) {
        CoordinatorProcess process = new CoordinatorProcess(new KafkaSettings(args[0], args[1]), Clock.systemUTC());
        Runtime.getRuntime().addShutdownHook(new Thread(process::close));
        process.start();
        process.termination().join();
    }
}
