package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code infra/local-cluster} with a stand-in for the command line: who is started with what, and who is ended. */
@Timeout(60)
class LocalClusterScriptTest {

    /** Makes a small cluster's files, and for a process says what it was given and stays until it is told to end. */
    private static final String STAND_IN = """
            #!/usr/bin/env bash
            case "$1 $2" in
              "--version ") ;;
              "local files")
                mkdir -p "$3"
                printf 'broker-1 broker\\nclient-anna worker client\\n' > "$3/processes"
                echo "FEDBIOT_PASSWORD=of-the-broker" > "$3/broker-1.env"
                echo "FEDBIOT_PASSWORD=of-anna" > "$3/client-anna.env"
                echo "files ${*:3}" >> "$CALLS"
                ;;
              "local prepare") echo "prepare $3" >> "$CALLS" ;;
              *)
                echo "$* with $FEDBIOT_PASSWORD" >> "$CALLS"
                trap 'echo "ended $*" >> "$CALLS"; exit 0' TERM
                while true; do sleep 0.1; done
                ;;
            esac
            """;

    @TempDir
    private Path directory;

    private Path cluster;
    private Path calls;

    private record Answer(int code, List<String> lines) {
    }

    @BeforeEach
    void writeStandIn() throws IOException {
        cluster = directory.resolve("a cluster");
        calls = Files.createFile(directory.resolve("calls"));
        Files.createFile(directory.resolve("fedbiot"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(directory.resolve("fedbiot"), STAND_IN);
    }

    @AfterEach
    void stop() throws Exception {
        if (Files.exists(cluster.resolve("processes"))) {
            run("down");
        }
    }

    @Test
    void shouldStartWhatIsNotUpAndEndWhatItStarted() throws Exception {
        // When
        Answer up = run("up");

        // Then everybody has their own file and their own password
        assertThat(up.code()).isZero();
        awaitCalls(4);
        assertThat(Files.readAllLines(calls)).containsExactlyInAnyOrder(
                "files " + cluster,
                "broker " + cluster + "/broker-1.yaml with of-the-broker",
                "worker client " + cluster + "/client-anna.yaml with of-anna",
                "prepare " + cluster);
        Answer status = run("status");
        assertThat(status.code()).isZero();
        assertThat(status.lines()).satisfiesExactly(line -> assertThat(line).startsWith("broker-1 up "),
                line -> assertThat(line).startsWith("client-anna up "));

        // And who is gone is started again, who is up is not
        ProcessHandle anna = ProcessHandle.of(pid("client-anna")).orElseThrow();
        long broker = pid("broker-1");
        anna.destroyForcibly();
        anna.onExit().join();
        assertThat(run("status")).isEqualTo(new Answer(1, List.of("broker-1 up " + broker, "client-anna down")));
        run("up");
        assertThat(pid("broker-1")).isEqualTo(broker);
        assertThat(pid("client-anna")).isNotEqualTo(anna.pid());

        // And the end is asked for, of brokers last
        awaitCalls(6);
        assertThat(run("down").code()).isZero();
        assertThat(Files.readAllLines(calls)).endsWith("ended worker client " + cluster + "/client-anna.yaml",
                "ended broker " + cluster + "/broker-1.yaml");
    }

    @Test
    void shouldNotEndAStrangerThatHasThePidNow() throws Exception {
        run("up");
        run("down");
        // Given a process that came by the pid of an old file
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(cluster.resolve("client-anna.pid"), stranger.pid() + "\n");

            assertThat(run("status").lines()).contains("client-anna down");
            run("down");

            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void shouldSayWhatItIsAskedWrongly() throws Exception {
        assertThat(run("status").lines()).singleElement().asString().contains("holds no local cluster");
        assertThat(run("sideways").code()).isEqualTo(2);
    }

    private long pid(String name) throws IOException {
        return Long.parseLong(Files.readString(cluster.resolve(name + ".pid")).strip());
    }

    private void awaitCalls(int count) throws IOException {
        while (Files.readAllLines(calls).size() < count) {
            Thread.onSpinWait();
        }
    }

    private Answer run(String action) throws IOException, InterruptedException {
        Path said = Files.createTempFile(directory, "said", ".txt");
        ProcessBuilder builder = new ProcessBuilder(Path.of("local-cluster").toAbsolutePath().toString(), action,
                cluster.toString()).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("FEDBIOT", directory.resolve("fedbiot").toString());
        builder.environment().put("CALLS", calls.toString());
        int code = builder.start().waitFor();
        return new Answer(code, Files.readAllLines(said, StandardCharsets.UTF_8));
    }
}
