package org.fedbiot.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command line in a JVM of its own, with this one's java and class path. Everything it says goes to its log. */
final class ChildProcess {

    private static final String MAIN = "org.fedbiot.cli.Main";
    /** Quick to start and small; how fast it gets in the end does not matter here. */
    private static final List<String> JVM = List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-XX:MaxDirectMemorySize=256m", "-Dai.djl.offline=true");

    private final Process process;
    private final Path log;

    private ChildProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static ChildProcess start(List<String> arguments, Path log) {
        return start(arguments, Map.of(), log);
    }

    /**
     * @param environment beside this process' own
     * @param log added to, so that all lives of a process are in one file
     */
    static ChildProcess start(List<String> arguments, Map<String, String> environment, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // One arena per thread would keep freed tensors from one another.
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        builder.environment().putAll(environment);
        try {
            return new ChildProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + arguments.get(0), e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** SIGKILL: no hook runs. Returns at once. */
    void kill() {
        process.destroyForcibly();
    }

    /** Returns when it is gone. */
    void awaitKilled() {
        awaitExit(60);
    }

    /** SIGTERM: it drains. Returns at once. */
    void terminate() {
        process.destroy();
    }

    /** SIGTERM: gives its exit code when it is gone. */
    int stop() {
        terminate();
        awaitExit(60);
        return process.exitValue();
    }

    /** Whether it ends within this time. */
    boolean endsWithin(long millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** What a failed process says last. */
    String lastLine() {
        try (var lines = Files.lines(log)) {
            return lines.reduce((first, second) -> second).orElse("nothing");
        } catch (IOException e) {
            throw new UncheckedIOException(log + ": cannot be read", e);
        }
    }

    private void awaitExit(long seconds) {
        if (!endsWithin(TimeUnit.SECONDS.toMillis(seconds))) {
            throw new IllegalStateException("process " + process.pid() + " is still there after " + seconds
                    + " s; its log is " + log);
        }
    }
}
