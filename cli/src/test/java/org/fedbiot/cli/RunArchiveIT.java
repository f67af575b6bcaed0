package org.fedbiot.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.cli.Fedbiot.Printed;
import org.fedbiot.cli.cluster.DecisionHistory;
import org.fedbiot.cli.report.RunIds;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Run;
import org.fedbiot.coordinator.runtime.CoordinatorFencedException;
import org.fedbiot.coordinator.runtime.CoordinatorProcess;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.VersionReplayed;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A short run, forked, archived, restored elsewhere, forked there and deleted, by the commands of docs/archive.md. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RunArchiveIT {

    private static final String SAME = "same";
    private static final String CHANGED = "changed";
    private static final String LATE_CLIENT = "late";
    private static final Topic[] PAYLOADS = {Topics.SERVER_CHUNK, Topics.SERVER_MOMENT, Topics.EMULATOR_CHUNK,
        Topics.ADAPTER_SHARD, Topics.UPDATE_SHARD, Topics.UPDATE_MANIFEST, Topics.EMULATOR_MANIFEST,
        Topics.ADAPTER_MANIFEST};

    /** That succeeded. */
    private static final List<String> COMMANDS = new ArrayList<>();

    @TempDir
    static Path temp;

    private Path home;
    private Path other;
    private Path archive;
    private Path sameArchive;
    private JsonNode origin;
    private String run;

    @BeforeAll
    void runOnce() throws IOException {
        home = temp.resolve("home");
        other = temp.resolve("other");
        archive = temp.resolve("run.archive");
        sameArchive = temp.resolve("same.archive");
        System.setProperty("fedbiot.home", "..");
        System.setProperty("fedbiot.logFile", temp.resolve("fedbiot.log").toString());
        origin = fedbiot("quickstart", "--dir", home.toString(), "--format", "json", "--set", "federation.rounds=3",
                "--set", "training.steps=2", "--set", "alignment.preSteps=2", "--set", "alignment.steps=1",
                "--set", "aggregation.shardBytes=65536", "--set", "evaluation.records=4",
                "--set", "alignment.optimiserState=KEPT", "--set", "aggregation.serverOptimiser=MOMENTUM",
                "--set", "evaluation.exactMatchRecords=0").json();
        run = origin.get("runId").asText();
    }

    @Test
    @Order(1)
    void shouldRepeatTheOriginBitForBitWhereNothingIsChanged() throws IOException {
        // When
        JsonNode fork = fedbiot("run", "fork", run, "--at-round", "2", "--dir", home.toString(), "--run-id", SAME,
                "--format", "json").json();

        // Then: two rounds were left, with an alignment between them
        assertThat(adapters(fork)).containsExactly(adapters(origin).get(1), adapters(origin).get(2));
        assertThat(emulator(SAME)).isEqualTo(emulator(run));
        assertThat(fork.get("exposedShare")).isEqualTo(origin.get("exposedShare"));
        assertThat(fork.get("evaluation")).isEqualTo(origin.get("evaluation"));
    }

    /** The newest, which is aligned with the moments that the alignments before it kept. */
    private String emulator(String runId) {
        return history(home).state().run(runId).flatMap(Run::versions).orElseThrow().emulatorSha256();
    }

    @Test
    @Order(2)
    void shouldFetchNoBaseThatClientsHave() throws IOException {
        List<JsonNode> reports = new ArrayList<>();
        for (String line : Files.readAllLines(home.resolve("record").resolve(SAME).resolve("events.jsonl"))) {
            JsonNode entry = new ObjectMapper().readTree(line);
            if (entry.get("event").asText().equals("ClientReported")) {
                reports.add(entry.get("value"));
            }
        }

        assertThat(reports).hasSize(6).allSatisfy(report -> assertThat(report.get("bootstrapBytes").asLong()).isZero());
    }

    @Test
    @Order(3)
    void shouldHandItsNumbersToTensorBoardTheSameEveryTime() throws IOException {
        // Given
        Path board = temp.resolve("board");
        String where = fedbiot("track", run, "--tensorboard", board.toString(), "--dir", home.toString()).out().strip();
        byte[] first = eventFile(Path.of(where));

        // When
        fedbiot("track", run, "--tensorboard", board.toString(), "--dir", home.toString());

        // Then
        assertThat(where).isEqualTo(board.resolve(run).toString());
        assertThat(eventFile(Path.of(where))).isEqualTo(first);
        assertThat(new String(first, StandardCharsets.ISO_8859_1))
                .contains("train/loss", "traffic/up_bytes", "eval/adap_fu/nll", "client/cafe/loss");
        assertThat(refused("track", "nobody", "--tensorboard", board.toString(), "--dir", home.toString()))
                .contains("no run nobody");
    }

    private static byte[] eventFile(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return Files.readAllBytes(files.reduce((one, another) -> {
                throw new IllegalStateException(directory + " holds more than one file");
            }).orElseThrow());
        }
    }

    @Test
    @Order(3)
    void shouldArchiveAnEndedRunAndPrintTheFilesHash() throws IOException {
        Printed printed = fedbiot("run", "archive", run, archive.toString(), "--dir", home.toString());
        fedbiot("run", "archive", SAME, sameArchive.toString(), "--dir", home.toString());

        assertThat(printed.out().strip()).isEqualTo(Sha256.of(Files.readAllBytes(archive)) + "  " + archive);
        assertThat(refused("run", "archive", run, archive.toString(), "--dir", home.toString()))
                .contains("is there already");
    }

    @Test
    @Order(4)
    void shouldRestoreEveryRecordIntoAnEmptyBrokerWithAnotherRegistry() throws IOException {
        // When: the fork first, whole without its origin, so that the origin's records come to lie elsewhere
        fedbiot("run", "restore", sameArchive.toString(), "--dir", other.toString());
        Printed printed = restoreBesideACoordinator();

        // Then
        assertThat(printed.out().strip()).isEqualTo(run);
        assertThat(printed.err()).contains("this cluster keeps its own keys of cafe, clinic, depot");
        List<String> before = contents(home, run);
        assertThat(before).hasSizeGreaterThan(100);
        assertThat(contents(other, run)).containsExactlyInAnyOrderElementsOf(before);
        assertThat(contents(other, SAME)).containsExactlyInAnyOrderElementsOf(contents(home, SAME));
        CoordinatorState there = history(home).state();
        CoordinatorState here = history(other).state();
        assertThat(here.exposure()).isEqualTo(there.exposure());
        assertThat(here.keys().ids()).containsExactly("cafe", "clinic", "depot", LATE_CLIENT);
        assertThat(here.run(run)).isEqualTo(there.run(run));
        assertThat(offsets(other, Topics.ADAPTER_MANIFEST)).isNotEqualTo(offsets(home, Topics.ADAPTER_MANIFEST));
        assertThat(refused("run", "restore", archive.toString(), "--dir", other.toString())).contains("knows it");
    }

    /** Whoever decides after a restore must know the run: the coordinator that was up before must go, its input not. */
    private Printed restoreBesideACoordinator() {
        try (EmbeddedKafka broker = EmbeddedKafka.start(other.resolve("kafka"), 0);
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0)) {
            KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers(), registry.url());
            Printed printed;
            try (EventProducer operator = new EventProducer(kafka, "it-operator");
                    EventReader status = new EventReader(kafka, "it-status", Topics.PROCESS_STATUS);
                    EventReader decisions = new EventReader(kafka, "it-decisions", Topics.DECISION)) {
                try (CoordinatorProcess before = new CoordinatorProcess(kafka, Clock.systemUTC())) {
                    before.start();
                    await(status, ProcessStarted.class::isInstance);
                    printed = fedbiot("run", "restore", archive.toString(), "--bootstrap-servers",
                            broker.bootstrapServers(), "--schema-registry", registry.url());
                    operator.send(Topics.COMMAND, LATE_CLIENT, new ClientKeyRegistered(LATE_CLIENT, "late-key",
                            ByteBuffer.wrap(SigningKey.generate("late-key").publicKey())));
                    operator.awaitAll();
                    assertThatThrownBy(() -> before.termination().join())
                            .hasCauseInstanceOf(CoordinatorFencedException.class);
                }
                try (CoordinatorProcess after = new CoordinatorProcess(kafka, Clock.systemUTC())) {
                    after.start();
                    await(decisions, event -> event instanceof ClientKeyRegistered key
                            && key.getClientId().equals(LATE_CLIENT));
                }
            }
            return printed;
        }
    }

    private static void await(EventReader reader, Predicate<SpecificRecord> wanted) {
        boolean found = false;
        for (int poll = 0; poll < 600 && !found; poll++) {
            found = reader.poll(Duration.ofMillis(200)).stream().map(ConsumerRecord::value).anyMatch(wanted);
        }
        assertThat(found).as("what was waited for came").isTrue();
    }

    @Test
    @Order(5)
    void shouldForkARestoredRunAndLeaveItsHistoryAlone() throws IOException {
        // Given
        List<String> before = contents(other, run);

        // When: coordinator, aggregator, worker and clients come up on the restored records
        JsonNode fork = fedbiot("run", "fork", run, "--at-round", "3", "--dir", other.toString(), "--text-of",
                home.toString(), "--run-id", CHANGED, "--set", "training.learningRate=0.02", "--format", "json").json();

        // Then: another learning rate gives other bytes, and nothing was decided, screened or folded again
        assertThat(adapters(fork)).hasSize(1).doesNotContainAnyElementsOf(adapters(origin));
        assertThat(contents(other, run)).containsExactlyInAnyOrderElementsOf(before);
        assertThat(records(other, Topics.AGGREGATOR_DEAD_LETTER, Topics.SERVER_DEAD_LETTER)).isEmpty();
    }

    @Test
    @Order(5)
    void shouldReplayRestoredRunsAndForksBitForBit() {
        for (String each : List.of(run, SAME)) {
            fedbiot("replay", each, "--dir", other.toString());
        }
        fedbiot("replay", SAME, "--dir", home.toString());
    }

    @Test
    @Order(5)
    void shouldArchiveAndRestoreAWhatIfUnderItsOwnId() throws IOException {
        // Given
        Path file = temp.resolve("what-if.archive");
        JsonNode asked = fedbiot("replay", run, "--without", "cafe", "--dir", home.toString(), "--format", "json")
                .json().get("whatIf");
        String whatIf = asked.get("runId").asText();

        // When
        fedbiot("run", "archive", whatIf, file.toString(), "--dir", home.toString());
        Printed restored = fedbiot("run", "restore", file.toString(), "--dir", other.toString());

        // Then every record of it is there, once
        assertThat(restored.out().strip()).isEqualTo(whatIf);
        List<String> there = contents(other, whatIf);
        assertThat(there).hasSizeGreaterThan(3).containsExactlyInAnyOrderElementsOf(contents(home, whatIf));
        assertThat(refused("run", "restore", file.toString(), "--dir", other.toString()))
                .contains("has a what-if of that id, with versions [1, 2, 3]");

        // And asking again there gives the same bytes, which are recognised
        JsonNode again = fedbiot("replay", run, "--without", "cafe", "--dir", other.toString(), "--format", "json")
                .json().get("whatIf");
        assertThat(again.get("versions")).isEqualTo(asked.get("versions"));
        assertThat(asked.get("written").asInt()).isEqualTo(3);
        assertThat(again.get("written").asInt()).isZero();
    }

    @Test
    @Order(6)
    void shouldDeleteOnlyWhatAnArchiveHolds() throws IOException {
        assertThat(refused("run", "delete", run, "--archive", sameArchive.toString(), "--dir", home.toString()))
                .contains("is the archive of run " + SAME);
        Path damaged = temp.resolve("damaged.archive");
        byte[] bytes = Files.readAllBytes(archive);
        bytes[bytes.length / 2] ^= 1;
        Files.write(damaged, bytes);
        assertThat(refused("run", "delete", run, "--archive", damaged.toString(), "--dir", home.toString()))
                .contains("not a whole archive");

        assertThat(history(home).deletedAt()).isEmpty();
    }

    @Test
    @Order(7)
    void shouldSayWhatStaysBehindRunsThatAreKept() throws IOException {
        // When the later of two runs goes first
        Printed later = fedbiot("run", "delete", SAME, "--archive", sameArchive.toString(), "--dir", home.toString());

        // Then
        assertThat(later.out().lines()).hasSize(9)
                .anySatisfy(line -> assertThat(line).startsWith("run " + SAME + ": ")
                        .endsWith("bytes stay until deleted too: " + run))
                .anySatisfy(line -> assertThat(line).startsWith(Topics.UPDATE_SHARD.name())
                        .contains("freed 0 records").contains("stay behind records of " + run));
        assertThat(contents(home, SAME, PAYLOADS)).isNotEmpty();

        // When
        Printed all = fedbiot("run", "delete", run, "--archive", archive.toString(), "--dir", home.toString());

        // Then both are gone, and the decisions are not
        assertThat(all.out()).doesNotContain("stay behind").contains("bytes removed, nothing of it stays");
        assertThat(records(home, PAYLOADS)).isEmpty();
        assertThat(contents(home, run, Topics.DECISION)).isEqualTo(contents(other, run, Topics.DECISION));
        assertThat(history(home).state().exposure()).isEqualTo(history(other).state().exposure());
    }

    @Test
    @Order(8)
    void shouldSayOfADeletedRunWhichArchiveHoldsIt() throws IOException {
        String sha256 = Sha256.of(Files.readAllBytes(archive));

        assertThat(refused("run", "archive", run, temp.resolve("again").toString(), "--dir", home.toString()))
                .contains("was deleted at 20").contains(sha256);
        assertThat(refused("run", "fork", run, "--at-round", "2", "--dir", home.toString()))
                .contains("was deleted at 20").contains(sha256);
        assertThat(Fedbiot.run("replay", run, "--dir", home.toString()))
                .satisfies(replay -> assertThat(replay.code()).isEqualTo(Main.USER_ERROR))
                .satisfies(replay -> assertThat(replay.err()).contains("was deleted").contains(sha256));
        assertThat(refused("run", "restore", archive.toString(), "--dir", home.toString()))
                .contains("knows it (deleted)");
    }

    @Test
    @Order(9)
    void shouldHaveRunEveryCommandOfThePage() throws IOException {
        List<String> documented = Files.readAllLines(Path.of("..", "docs", "archive.md")).stream()
                .filter(line -> line.startsWith("./fedbiot ")).map(line -> line.substring("./fedbiot ".length()))
                .toList();

        assertThat(documented).hasSizeGreaterThan(4).allSatisfy(line -> assertThat(COMMANDS)
                .as(line).anyMatch(ran -> name(ran).equals(name(line)) && options(ran).containsAll(options(line))));
    }

    @Test
    @Order(10)
    void shouldSubmitAForkToAClusterThatRuns() {
        Printed printed;
        try (EmbeddedKafka broker = EmbeddedKafka.start(other.resolve("kafka"), 0);
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0)) {
            printed = fedbiot("run", "fork", run, "--at-round", "4", "--run-id", "submitted", "--set",
                    "federation.rounds=1", "--bootstrap-servers", broker.bootstrapServers(), "--schema-registry",
                    registry.url());
        }

        assertThat(printed.out().strip()).isEqualTo("submitted");
        assertThat(records(other, Topics.COMMAND)).last().extracting(ConsumerRecord::value)
                .isInstanceOfSatisfying(RunSubmitted.class, submitted -> {
                    assertThat(submitted.getSpec().getOriginRunId()).isEqualTo(run);
                    assertThat(submitted.getSpec().getFork().getAdapterVersion()).isEqualTo(3);
                    assertThat(submitted.getSpec().getFork().getAligned()).isFalse();
                });
    }

    @Test
    @Order(11)
    void shouldNameWhatIsMissing() throws Exception {
        List<ConsumerRecord<String, SpecificRecord>> commands = records(other, Topics.COMMAND);
        try (EmbeddedKafka broker = EmbeddedKafka.start(other.resolve("kafka"), 0);
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0)) {
            // Given
            KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers(), registry.url());
            try (Admin admin = Admin.create(kafka.admin())) {
                admin.deleteRecords(IntStream.range(0, Topics.SERVER_MOMENT.partitions()).boxed().collect(Collectors
                        .toMap(partition -> new TopicPartition(Topics.SERVER_MOMENT.name(), partition),
                                all -> RecordsToDelete.beforeOffset(-1)))).all().get();
            }
            try (EventProducer operator = new EventProducer(kafka, "it-operator")) {
                operator.send(Topics.REPLAY_VERSION, "cut/1", VersionReplayed.newBuilder().setRunId("cut")
                        .setOriginRunId(run).setLabel("").setRound(1).setVersion(1).setBaseSha256("").setSha256("")
                        .setAggregation(AggregationSettings.newBuilder().build()).setWithout(List.of())
                        .setCounted(List.of()).setElements(0).setShards(List.of()).build());
                operator.awaitAll();
            }

            // When
            String fork = refused("run", "fork", run, "--at-round", "2", "--bootstrap-servers",
                    broker.bootstrapServers(), "--schema-registry", registry.url());
            String archived = refused("run", "archive", CHANGED, temp.resolve("holey").toString(), "--bootstrap-servers",
                    broker.bootstrapServers(), "--schema-registry", registry.url());
            String whatIf = refused("run", "archive", "cut", temp.resolve("cut").toString(), "--bootstrap-servers",
                    broker.bootstrapServers(), "--schema-registry", registry.url());

            // Then
            assertThat(whatIf).contains("has version 1 of 3", "ask it again", "fedbiot replay " + run);
            assertThat(fork).contains("run " + run + ", adapter version 1: moment 0 of shard 0 of its server optimiser",
                    Topics.SERVER_MOMENT.name() + " has no record " + run + "/1/0/0",
                    "--set aggregation.serverOptimiser");
            assertThat(archived).contains("its log has a hole", "round 1 was folded with it",
                    Topics.SERVER_MOMENT.name() + " has no record " + CHANGED + "/0/0/0");
        }
        assertThat(temp.resolve("holey")).doesNotExist();
        assertThat(records(other, Topics.COMMAND)).hasSameSizeAs(commands);
    }

    private static String name(String command) {
        return String.join(" ", List.of(command.split(" ")).subList(0, 2));
    }

    private static Set<String> options(String command) {
        return Stream.of(command.split(" ")).filter(word -> word.startsWith("--")).collect(Collectors.toSet());
    }

    private static List<String> adapters(JsonNode report) {
        List<String> hashes = new ArrayList<>();
        report.get("rounds").forEach(round -> hashes.add(round.get("adapterSha256").asText()));
        return hashes;
    }

    /** Topic, partition, key, time and value of a run's records; keys of clients are the cluster's own. */
    private static List<String> contents(Path directory, String runId, Topic... topics) throws IOException {
        Topic[] all = topics.length > 0 ? topics
                : Topics.ALL.stream().filter(topic -> !topic.events().isEmpty()).toArray(Topic[]::new);
        return records(directory, all).stream()
                .filter(record -> runId.equals(RunIds.of(record.value())))
                .filter(record -> !record.value().getSchema().getName().startsWith("RunDelete"))
                .map(record -> String.join(" ", record.topic(), Integer.toString(record.partition()), record.key(),
                        Long.toString(record.timestamp()), sha256(record.value())))
                .sorted().toList();
    }

    private static String sha256(SpecificRecord event) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        try {
            new SpecificDatumWriter<SpecificRecord>(event.getSchema()).write(event, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Sha256.of(bytes.toByteArray());
    }

    private static Map<String, Long> offsets(Path directory, Topic topic) throws IOException {
        return records(directory, topic).stream().collect(Collectors.toMap(ConsumerRecord::key, ConsumerRecord::offset,
                Math::min));
    }

    private static List<ConsumerRecord<String, SpecificRecord>> records(Path directory, Topic... topics) {
        List<ConsumerRecord<String, SpecificRecord>> records = new ArrayList<>();
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("kafka"), 0);
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
                EventReader reader = new EventReader(new KafkaSettings(broker.bootstrapServers(), registry.url()),
                        "it-reader", topics)) {
            while (!reader.atEnd()) {
                records.addAll(reader.poll(Duration.ofMillis(200)));
            }
        }
        return records;
    }

    private static DecisionHistory history(Path directory) {
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("kafka"), 0);
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0)) {
            return DecisionHistory.read(new KafkaSettings(broker.bootstrapServers(), registry.url()));
        }
    }

    private static Printed fedbiot(String... arguments) {
        COMMANDS.add(String.join(" ", arguments));
        Printed printed = Fedbiot.run(arguments);
        assertThat(printed.code()).as("fedbiot %s: %s", String.join(" ", arguments), printed.err()).isZero();
        return printed;
    }

    /** The one line that a refused command says. */
    private static String refused(String... arguments) {
        Printed printed = Fedbiot.run(arguments);
        assertThat(printed.code()).as("fedbiot %s", String.join(" ", arguments)).isEqualTo(Main.USER_ERROR);
        assertThat(printed.out()).isEmpty();
        return printed.err().strip();
    }
}
