package org.fedbiot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.fedbiot.cli.simulation.LocalCluster;
import org.fedbiot.cli.simulation.RunDirectory;
import org.fedbiot.learning.format.SafetensorsFile;
import org.fedbiot.learning.pretrain.TrialModel;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.worker.client.ClientData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster with two clients, and everything that an operator does there, by the commands alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(240)
class OperateIT {

    private static final String RUN = "trial-run";
    private static final String LONG = "long-run";

    @TempDir
    static Path temp;

    private LocalCluster cluster;

    @BeforeAll
    void start() throws IOException, ExecutionException, InterruptedException {
        System.setProperty("org.slf4j.simpleLogger.logFile", temp.resolve("fedbiot.log").toString());
        Files.copy(Path.of("src", "test", "resources", "trial-run.yaml"), temp.resolve("run.yaml"));
        TrialModel.write(temp.resolve("model"), 11);
        TrialModel.text(temp.resolve("public.jsonl"), 40, 1);
        TrialModel.text(temp.resolve("evaluation.jsonl"), 12, 2);
        cluster = new LocalCluster(RunDirectory.create(temp.resolve("cluster")),
                Map.of("anna", text("anna", 3), "bert", text("bert", 4)), 0);
        writeGarbage();
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private static ClientData text(String client, long seed) throws IOException {
        return ClientData.read(TrialModel.text(temp.resolve(client + ".jsonl"), 24, seed), Optional.empty());
    }

    /** A client may write anything to its presence topic. */
    private void writeGarbage() throws ExecutionException, InterruptedException {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", cluster.kafka().bootstrapServers());
        try (KafkaProducer<byte[], byte[]> stranger =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            stranger.send(new ProducerRecord<>(Topics.CLIENT_PRESENCE.name(),
                    "anna".getBytes(StandardCharsets.UTF_8), "garbage".getBytes(StandardCharsets.UTF_8))).get();
        }
    }

    @Test
    @Order(1)
    void shouldSubmitARunAndSayThatItIsAccepted() {
        JsonNode answer = done("run", "submit", file(), "--format", "json").json();

        assertThat(answer.get("runId").asText()).isEqualTo(RUN);
        assertThat(answer.get("answer").asText()).isEqualTo("ACCEPTED");
        assertThat(answer.get("exposedShare").asDouble()).isBetween(0.5, 0.95);
    }

    @Test
    @Order(2)
    void shouldSayWhyTheCoordinatorRefusesARun() {
        Fedbiot.Printed refused = execute("run", "submit", file(), "--set", "seed=8");

        assertThat(refused.code()).isEqualTo(ExitCode.REFUSED.code());
        assertThat(refused.out()).contains("was refused: runId: trial-run is taken by another run");
    }

    @Test
    @Order(3)
    void shouldWatchTheRunToItsEnd() {
        Fedbiot.Printed watched = done("run", "watch", RUN, "--format", "json");

        assertThat(watched.json().get("phase").asText()).isEqualTo("COMPLETED");
        assertThat(watched.json().get("roundsDone").asInt()).isEqualTo(2);
        // No terminal here: plain lines, nothing drawn over.
        assertThat(watched.err()).contains("round 1 took ").contains("round 2 took ").contains("anna ")
                .contains("emulator 1 aligned in 1 steps").doesNotContain("\u001b");
    }

    @Test
    @Order(4)
    void shouldListTheRunAndWhoWorks() {
        JsonNode runs = done("run", "list", "--format", "json").json();
        List<JsonNode> workers = new ArrayList<>();
        done("worker", "list", "--format", "json").json().forEach(workers::add);

        assertThat(runs).first().satisfies(run -> {
            assertThat(run.get("runId").asText()).isEqualTo(RUN);
            assertThat(run.get("phase").asText()).isEqualTo("COMPLETED");
            assertThat(run.get("model").asText()).isEqualTo("trial");
        });
        assertThat(done("run", "list").out()).contains(RUN).contains("COMPLETED").contains("2 of 2");
        assertThat(workers).extracting(worker -> worker.get("role").asText() + " " + worker.get("id").asText())
                .contains("client anna", "client bert", "server-worker server-1");
        assertThat(done("worker", "list").out()).contains("anna").contains("idle");
    }

    @Test
    @Order(5)
    void shouldSayWhereTheProductIsAndWhatComesNext() {
        JsonNode status = done("run", "status", RUN, "--format", "json").json();

        assertThat(Path.of(status.get("product").get("adapter").asText())).isDirectory();
        assertThat(status.get("scores")).hasSize(4);
        assertThat(status.get("next").asText()).isEqualTo("fedbiot run export trial-run --to DIR");
        assertThat(done("run", "status", RUN).out()).contains("run trial-run: Completed after 2 rounds")
                .contains("PEFT adapter").contains("NLL");
    }

    @Test
    @Order(6)
    void shouldReachTheClusterOfADirectoryWhileItRuns() {
        String directory = temp.resolve("cluster").toString();

        assertThat(Fedbiot.run("run", "status", RUN, "--dir", directory).out()).contains("run trial-run: Completed");
        assertThat(Fedbiot.run("run", "list", "--dir", directory).out()).contains(RUN);
    }

    @Test
    @Order(7)
    void shouldTailTheLog() {
        List<JsonNode> decisions = done("events", "tail", "--run", RUN, "--topic", "run.decision").jsonLines();
        List<JsonNode> presence = done("events", "tail", "--topic", Topics.CLIENT_PRESENCE.name()).jsonLines();
        List<JsonNode> shards = done("events", "tail", "--run", RUN, "--topic", "update.shard").jsonLines();

        assertThat(decisions).extracting(line -> line.get("type").asText()).startsWith("RunAccepted")
                .endsWith("RunEnded").contains("RoundOpened", "UpdateAccepted", "RoundClosed");
        assertThat(decisions).extracting(line -> line.get("offset").asLong()).isSorted();
        assertThat(presence).filteredOn(line -> line.get("event").isNull()).singleElement().satisfies(garbage -> {
            assertThat(garbage.get("key").asText()).isEqualTo("anna");
            assertThat(garbage.get("unusable").get("bytes").asInt()).isEqualTo("garbage".length());
        });
        assertThat(shards).isNotEmpty().allSatisfy(line ->
                assertThat(line.get("event").get("data").get("sha256").asText()).hasSize(64));
        assertThat(done("events", "tail", "--from", "end").out()).isEmpty();
        assertThat(execute("events", "tail", "--topic", "nothing").err()).contains("no such topic");
    }

    /** The names and shapes that PEFT reads, and values of the run. */
    @Test
    @Order(8)
    void shouldExportTheAdapterThatTheServerExported() throws IOException {
        JsonNode exported = done("run", "export", RUN, "--to", temp.resolve("adapter").toString(), "--format", "json")
                .json();
        Path adapter = Path.of(exported.get("adapter").asText());
        Path server = Path.of(done("run", "status", RUN, "--format", "json").json().get("product").get("adapter")
                .asText());

        for (String name : List.of("adapter_model.safetensors", "adapter_config.json", "README.md")) {
            assertThat(adapter.resolve(name)).hasSameBinaryContentAs(server.resolve(name));
        }
        SafetensorsFile factors = SafetensorsFile.open(adapter.resolve("adapter_model.safetensors"));
        String factor = "base_model.model.model.layers.5.self_attn.q_proj.lora_B.weight";
        assertThat(factors.names()).hasSize(2 * 7).contains(factor);
        assertThat(factors.shape(factor)).containsExactly(32, 4);
        // B starts at zero: what is there was trained.
        assertThat(factors.float32(factor).getFloat(0)).isFinite().isNotZero();
    }

    @Test
    @Order(9)
    void shouldReportARunTwiceInTheSameBytes() throws IOException {
        Path first = temp.resolve("report-1");
        Path second = temp.resolve("report-2");
        done("report", RUN, "--to", first.toString());
        JsonNode printed = done("report", RUN, "--to", second.toString(), "--format", "json").json();

        assertThat(printed.get("files")).hasSize(11).allSatisfy(file -> {
            Path path = Path.of(file.get("path").asText());
            assertThat(path).hasParent(second).hasDigest("SHA-256", file.get("sha256").asText())
                    .hasSameBinaryContentAs(first.resolve(path.getFileName()));
        });
    }

    @Test
    @Order(10)
    void shouldFollowARunWhileItGoesOn() throws IOException {
        // Given a run that would go on for long, and two who follow it
        done("run", "submit", file(), "--run-id", LONG, "--set", "federation.rounds=500");
        PipedInputStream lines = new PipedInputStream();
        CompletableFuture<Integer> tail = start(new PipedOutputStream(lines), "events", "tail", "--run", LONG,
                "--topic", "run.decision", "--follow");
        Path followed = temp.resolve("followed");
        CompletableFuture<Integer> track = start(OutputStream.nullOutputStream(), "track", LONG, "--tensorboard",
                followed.toString(), "--follow");

        // Then rounds come as they close, and somebody who stops to read ends the command
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(lines, StandardCharsets.UTF_8))) {
            String line = reader.readLine();
            while (!line.contains("\"RoundClosed\"") || !line.contains("\"round\":3,")) {
                line = reader.readLine();
            }
        }
        assertThat(tail.join()).isZero();
        awaitGrowth(followed.resolve(LONG));
        assertThat(track).isNotDone();

        // When the run ends
        JsonNode cancelled = done("run", "cancel", LONG, "--reason", "enough seen", "--format", "json").json();

        // Then tracking ends with it, and has what it would have had at once
        assertThat(cancelled.get("outcome").asText()).isEqualTo("CANCELLED");
        assertThat(track.join()).isZero();
        Path atOnce = temp.resolve("at-once");
        done("track", LONG, "--tensorboard", atOnce.toString());
        assertThat(onlyFile(followed.resolve(LONG))).hasSameBinaryContentAs(onlyFile(atOnce.resolve(LONG)));
    }

    private static void awaitGrowth(Path directory) throws IOException {
        while (size(directory) == 0) {
            Thread.onSpinWait();
        }
        long before = size(directory);
        while (size(directory) == before) {
            Thread.onSpinWait();
        }
    }

    /** Bytes of what is there; 0 while nothing is. */
    private static long size(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static Path onlyFile(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    @Order(11)
    void shouldSayHowACancelledRunEnded() {
        Fedbiot.Printed watched = execute("run", "watch", LONG, "--format", "json");

        assertThat(watched.code()).isEqualTo(ExitCode.RUN_CANCELLED.code());
        assertThat(watched.json().get("reason").asText()).contains("enough seen");
        assertThat(execute("run", "export", LONG, "--to", temp.resolve("none").toString()).err())
                .contains("ended CANCELLED and chose no adapter");
        assertThat(execute("run", "cancel", LONG).err()).contains("has ended already");
    }

    @Test
    @Order(12)
    void shouldNameTheRunsThatThereAreWhereNoneIsMeant() {
        for (String command : List.of("status", "watch")) {
            Fedbiot.Printed refused = execute("run", command, "nobody");
            assertThat(refused.code()).isEqualTo(ExitCode.USER_ERROR.code());
            assertThat(refused.err()).contains("run nobody: not in this cluster; it has").contains(RUN);
        }
    }

    @Test
    @Order(13)
    void shouldMakeAClientsKeyAndRegisterItsPublicHalf() throws IOException {
        // Given
        Path key = temp.resolve("cleo.key");

        // When
        Fedbiot.Printed made = Fedbiot.run("key", "generate", "--id", "cleo", "--to", key.toString());
        Fedbiot.Printed registered = done("key", "register", key.toString());

        // Then
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(registered.out()).contains("cleo");
        assertThat(done("events", "tail", "--topic", Topics.COMMAND.name(), "--format", "json").jsonLines())
                .anySatisfy(event -> assertThat(event.toString()).contains("ClientKeyRegistered", "cleo"));
        assertThat(Fedbiot.run("key", "generate", "--id", "cleo", "--to", key.toString()).code())
                .as("a key is not written over").isEqualTo(ExitCode.USER_ERROR.code());
    }

    @Test
    @Order(14)
    void shouldCountWhatIsExposedOfTheModel() {
        // When
        Fedbiot.Printed printed = execute("run", "exposure", RUN, "--model", temp.resolve("model").toString(),
                "--format", "json");

        // Then: with an operator's credentials, who may read what no client may
        assertThat(printed.json().get("sound").asBoolean()).isFalse();
        assertThat(printed.json().get("exposure").get("layers")).isNotEmpty();
    }

    private static String file() {
        return temp.resolve("run.yaml").toString();
    }

    private Fedbiot.Printed done(String... command) {
        Fedbiot.Printed printed = execute(command);
        assertThat(printed.code()).as("fedbiot %s: %s", String.join(" ", command), printed.err()).isZero();
        return printed;
    }

    private Fedbiot.Printed execute(String... command) {
        return Fedbiot.run(here(command));
    }

    private CompletableFuture<Integer> start(OutputStream out, String... command) {
        return Fedbiot.start(out, here(command));
    }

    private String[] here(String... command) {
        KafkaSettings kafka = cluster.kafka();
        return Stream.concat(Stream.of(command), Stream.of("--bootstrap-servers", kafka.bootstrapServers(),
                "--schema-registry", kafka.schemaRegistryUrl())).toArray(String[]::new);
    }
}
