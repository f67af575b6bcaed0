package org.fedbiot.coordinator.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.fedbiot.schemas.client.KafkaSettings;

/** A coordinator in a process of its own, to be killed. */
final class CoordinatorMain {

    private CoordinatorMain() {
    }

    static Process launch(String bootstrapServers, String registryUrl) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        // The log goes to the error stream; the output stream is how a test's JVM talks to its build.
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
                "-cp", classPath, CoordinatorMain.class.getName(), bootstrapServers, registryUrl)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    public static void main(String[] args) {
        CoordinatorProcess process = new CoordinatorProcess(new KafkaSettings(args[0], args[1]), Clock.systemUTC());
        process.start();
        process.termination().join();
    }
}
