package org.fedbiot.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes of their own behind one gate. */
@Timeout(60)
class MachineCoresIT {

    private static final int CORES = 2;
    private static final int TURNS = 100;

    @TempDir
    private Path directory;

    @Test
    void shouldNeverLetProcessesComputeOnMoreCoresThanThereAre() throws Exception {
        // Given three processes that each ask over and over for one core, for two, and for more than there are
        Path trace = Files.createFile(directory.resolve("trace"));
        List<Process> processes = new ArrayList<>();
        try (ComputeGate.Lease all = ComputeGate.shared(directory.resolve("cores"), CORES, threads -> { })
                .acquire(CORES)) {
            for (String name : List.of("a", "b", "c")) {
                processes.add(child(name, trace, TURNS));
            }
            while (Files.readAllLines(trace).size() < processes.size()) {
                Thread.onSpinWait();
            }
        }

        // When all have had their turns, which they began together
        for (Process process : processes) {
            assertThat(process.waitFor()).as(Files.readString(directory.resolve("log"))).isZero();
        }

        // Then no more than two cores were ever held, by one of two or by two of one
        Map<String, Integer> held = new HashMap<>();
        for (String line : Files.readAllLines(trace)) {
            String[] words = line.split(" ");
            held.merge(words[0], Integer.parseInt(words[1]), Integer::sum);
            assertThat(held.values().stream().mapToInt(Integer::intValue).sum()).as("cores held at %s", line)
                    .isBetween(0, CORES);
        }
        assertThat(held.values()).containsOnly(0);
        assertThat(Files.readAllLines(trace)).hasSize(3 * (1 + 2 * TURNS));
    }

    @Test
    void shouldLetAnotherProcessHaveTheCoreThatIsFree() throws Exception {
        // Given a process that holds one of two cores
        Path trace = Files.createFile(directory.resolve("trace"));
        ComputeGate gate = ComputeGate.shared(directory.resolve("cores"), CORES, threads -> { });
        try (ComputeGate.Lease one = gate.acquire(1)) {

            // Then another one's task of one thread need not wait
            assertThat(child("b", trace, 1).waitFor()).isZero();
        }
        assertThat(Files.readAllLines(trace)).containsExactly("b 0", "b 1", "b -1");
    }

    @Test
    void shouldHaveTheCoresBackOfAProcessThatIsKilled() throws Exception {
        // Given a process that holds all cores and does not give them back
        Path trace = Files.createFile(directory.resolve("trace"));
        Process holder = child("holder", trace, 0);
        while (Files.size(trace) == 0) {
            Thread.onSpinWait();
        }
        ComputeGate gate = ComputeGate.shared(directory.resolve("cores"), CORES, threads -> { });
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Future<ComputeGate.Lease> waiting = executor.submit(() -> gate.acquire(1));
            while (!gate.isAwaited()) {
                Thread.onSpinWait();
            }
            assertThat(waiting).isNotDone();

            // When it is killed
            holder.destroyForcibly().waitFor();

            // Then whoever waited goes on, and both are free again
            waiting.get().close();
            gate.acquire(CORES).close();
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void shouldHoldNothingWhenItIsClosedWhileItWaits() throws Exception {
        ComputeGate gate = ComputeGate.shared(directory.resolve("cores"), CORES, threads -> { });
        ComputeGate.Lease one = gate.acquire(1);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try (ComputeGate.Lease never = gate.acquire(CORES)) {
                end.complete(null);
            } catch (InterruptedException closed) {
                end.complete(closed);
            }
        });
        waiting.start();
        while (!gate.isAwaited()) {
            Thread.onSpinWait();
        }

        waiting.interrupt();

        assertThat(end.get()).isInstanceOf(InterruptedException.class);
        one.close();
        gate.acquire(CORES).close();
    }

    private Process child(String name, Path trace, int turns) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx32m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                Computing.class.getName(), name, directory.resolve("cores").toString(), trace.toString(),
                Integer.toString(turns)).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile())).start();
    }

    /** What a child does: takes cores by turns, and writes down when it has them and that it is about to give them back. */
    public static final class Computing {

        private Computing() {
        }

        public static void main(String[] arguments) throws Exception {
            String name = arguments[0];
            Path trace = Path.of(arguments[2]);
            int turns = Integer.parseInt(arguments[3]);
            ComputeGate gate = ComputeGate.shared(Path.of(arguments[1]), CORES, threads -> { });
            if (turns == 0) {
                gate.acquire(CORES);
                write(trace, name, CORES);
                new CompletableFuture<Void>().join();
            }
            write(trace, name, 0);
            for (int turn = 0; turn < turns; turn++) {
                int threads = 1 + turn % 3;
                int cores = Math.min(threads, CORES);
                try (ComputeGate.Lease lease = gate.acquire(threads)) {
                    write(trace, name, cores);
                    write(trace, name, -cores);
                }
            }
        }

        /** One short line at the end of the file at once, whoever else writes there. */
        private static void write(Path trace, String name, int cores) throws IOException {
            Files.writeString(trace, name + " " + cores + "\n", StandardOpenOption.APPEND);
        }
    }
}
