package org.fedbiot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.learning.format.PeftExport;
import org.fedbiot.learning.format.SafetensorsFile;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.FactorTensor;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.event.VersionReplayed;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A short run by the command line, and its replay from what it left; in order, since the last ones damage it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplayIT {

    private static final String DOCUMENTED_RUN = "quickstart-20261125-020610-seed0";
    private static final int ROUNDS = 2;
    private static final List<String> CLIENTS = List.of("cafe", "clinic", "depot");

    @TempDir
    static Path temp;

    private Path run;
    private Path model;
    private String runId;
    private Outcome fromDirectory;
    private EmbeddedKafka broker;
    private EmbeddedRegistry registry;

    private record Outcome(int code, String out, String err) {

        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(out);
        }
    }

    @BeforeAll
    void runOnce() throws IOException {
        model = copyOfTheModel();
        System.setProperty("fedbiot.home", temp.toString());
        run = temp.resolve("run");
        Outcome outcome = fedbiot("quickstart", "--dir", run.toString(), "--format", "json",
                "--set", "federation.rounds=" + ROUNDS, "--set", "training.steps=1", "--set", "alignment.preSteps=1",
                "--set", "alignment.steps=0", "--set", "aggregation.shardBytes=65536",
                "--set", "evaluation.records=8", "--set", "evaluation.exactMatchRecords=2");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        runId = outcome.json().get("runId").asText();
        fromDirectory = fedbiot("replay", runId, "--dir", run.toString());
        broker = EmbeddedKafka.start(run.resolve("kafka"), 0);
        registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
    }

    @AfterAll
    void stop() {
        System.setProperty("fedbiot.home", "..");
        registry.close();
        broker.close();
    }

    @Test
    void shouldReplayFromTheDirectoryThatTheRunLeft() {
        assertThat(fromDirectory.code()).as(fromDirectory.err()).isZero();
        assertThat(fromDirectory.out()).contains("run " + runId + ": all 3 versions are the same bytes again");
    }

    @Test
    @Order(1)
    void shouldRunEveryCommandOfThePage() throws IOException {
        List<String> commands = Files.readAllLines(Path.of("..", "docs", "replay.md")).stream()
                .filter(line -> line.startsWith("./fedbiot ")).toList();

        assertThat(commands).hasSizeGreaterThanOrEqualTo(4);
        for (String command : commands) {
            List<String> words = new ArrayList<>(Arrays.stream(command.replace(DOCUMENTED_RUN, runId)
                    .replace(" OUT", " " + temp.resolve("documented")).split(" ")).skip(1).toList());
            words.addAll(cluster());
            Outcome outcome = fedbiot(words.toArray(String[]::new));
            assertThat(outcome.code()).as(command + "\n" + outcome.err()).isZero();
        }
    }

    @Test
    @Order(2)
    void shouldFoldEveryVersionToTheSameBytes() throws IOException {
        Outcome outcome = replay("--format", "json");

        JsonNode report = outcome.json();
        assertThat(outcome.code()).isZero();
        assertThat(report.get("equal").asBoolean()).isTrue();
        assertThat(report.get("findings")).isEmpty();
        assertThat(report.get("versions")).hasSize(ROUNDS + 1).allSatisfy(row -> {
            assertThat(row.get("then").asText()).hasSize(64).isEqualTo(row.get("now").asText());
            assertThat(row.get("clients").asInt()).isEqualTo(row.get("round").asInt() == 0 ? 0 : CLIENTS.size());
        });
    }

    @Test
    @Order(3)
    void shouldAnswerWithoutAClientAndExportIt() throws IOException {
        Path exported = temp.resolve("without-depot");
        JsonNode whatIf = replay("--format", "json", "--without", "depot", "--to", exported.toString()).json()
                .get("whatIf");

        // Given the updates as they lie in the log, each client's own
        Log log = read();
        float[] values = log.initial();
        for (int round = 1; round <= ROUNDS; round++) {
            double all = log.samples(round, "cafe") + log.samples(round, "clinic");
            float[] next = values.clone();
            for (int i = 0; i < next.length; i++) {
                double sum = 0;
                for (String client : List.of("cafe", "clinic")) {
                    sum += log.samples(round, client) / all * log.difference(round, client)[i];
                }
                next[i] = (float) (values[i] + sum);
            }
            values = next;
            assertThat(whatIf.get("versions").get(round - 1).get("sha256").asText()).isEqualTo(log.hash(values));
        }
        assertThat(whatIf.get("label").asText()).isEqualTo("same updates, not retrained");
        assertThat(whatIf.get("originRunId").asText()).isEqualTo(runId);
        assertThat(exportedValues(exported, log)).isEqualTo(values);
    }

    @Test
    @Order(3)
    void shouldAnswerByTheMedian() throws IOException {
        JsonNode whatIf = replay("--format", "json", "--aggregator", "median").json().get("whatIf");

        Log log = read();
        float[] values = log.initial();
        for (int round = 1; round <= ROUNDS; round++) {
            List<float[]> differences = new ArrayList<>();
            for (String client : CLIENTS) {
                differences.add(log.difference(round, client));
            }
            for (int i = 0; i < values.length; i++) {
                int element = i;
                double middle = differences.stream().mapToDouble(difference -> difference[element]).sorted()
                        .toArray()[1];
                values[i] = (float) (values[i] + middle);
            }
            assertThat(whatIf.get("versions").get(round - 1).get("sha256").asText()).isEqualTo(log.hash(values));
        }
        assertThat(whatIf.get("aggregation").get("rule").asText()).isEqualTo("MEDIAN");
    }

    @Test
    @Order(4)
    void shouldWriteAnAnswerOnce() throws IOException {
        JsonNode first = replay("--format", "json", "--without", "cafe", "--weights", "uniform").json().get("whatIf");
        JsonNode again = replay("--format", "json", "--without", "cafe", "--weights", "uniform").json().get("whatIf");

        String id = first.get("runId").asText();
        assertThat(id).startsWith(runId + "-what-if-");
        assertThat(first.get("written").asInt()).isEqualTo(ROUNDS);
        assertThat(again.get("written").asInt()).isZero();
        assertThat(again.get("versions")).isEqualTo(first.get("versions"));
        Log log = read();
        List<VersionReplayed> versions = log.replayed.stream().filter(v -> v.getRunId().equals(id)).toList();
        assertThat(versions).extracting(VersionReplayed::getVersion).containsExactly(1, 2);
        assertThat(versions).allSatisfy(version -> assertThat(version.getShards()).allSatisfy(ref -> assertThat(
                log.replayedShards.get(ref.getPartition() + "/" + ref.getOffset()).getSha256())
                .isEqualTo(ref.getSha256())));
    }

    @Test
    @Order(5)
    void shouldScoreTheOriginalAsTheRunDid() throws IOException {
        Outcome outcome = replay("--format", "json", "--without", "depot", "--evaluate");

        JsonNode evaluation = outcome.json().get("evaluation");
        assertThat(outcome.code()).isZero();
        assertThat(evaluation.get("original")).isEqualTo(evaluation.get("logged"));
        assertThat(evaluation.get("whatIf").get("nll").asDouble()).isPositive()
                .isNotEqualTo(evaluation.get("original").get("nll").asDouble());
    }

    @Test
    @Order(6)
    void shouldFindAChangedModelBeforeItReads() throws IOException {
        // Given one byte of a weight
        Path weights = model.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);

        Outcome outcome = replay("--without", "depot", "--evaluate");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("the model at " + model + " has sha256").doesNotContain("version 0: equal");
    }

    private static Path copyOfTheModel() throws IOException {
        Path shipped = Path.of("..", "models", "fedbiot-small");
        Path copy = Files.createDirectories(temp.resolve("models").resolve("fedbiot-small"));
        try (Stream<Path> files = Files.list(shipped)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    @Test
    @Order(6)
    void shouldSayWhichRunsAreThere() {
        Outcome outcome = replay("no-such-run", List.of());

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("no-such-run", runId);
    }

    @Test
    @Order(7)
    void shouldReportAForgedAdapterShard() throws IOException {
        try (EventProducer forger = new EventProducer(kafka(), "forger")) {
            ByteBuffer zeros = ByteBuffer.allocate(65_536);
            forger.send(Topics.ADAPTER_SHARD, 1, runId + "/2/1", AdapterShard.newBuilder().setRunId(runId)
                    .setVersion(2).setRound(2).setShard(1).setShards(5).setStart(16_384).setElements(71_680)
                    .setSha256(Sha256.of(zeros)).setData(zeros).build());
        }

        Outcome outcome = replay("--format", "json");

        JsonNode report = outcome.json();
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(report.get("first").get("round").asInt()).isEqualTo(2);
        assertThat(report.get("first").get("text").asText())
                .contains(Topics.ADAPTER_SHARD.name(), "partition 1", "shard 1 of adapter version 2");
    }

    @Test
    @Order(8)
    void shouldReportRecordsThatAreGone() throws IOException, InterruptedException, ExecutionException {
        // Given a topic whose beginning was removed
        try (Admin admin = Admin.create(kafka().admin())) {
            admin.deleteRecords(Map.of(new TopicPartition(Topics.UPDATE_SHARD.name(), 2),
                    RecordsToDelete.beforeOffset(2))).all().get();
        }

        Outcome outcome = replay();

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("does not replay", "round 1", "hole", "is not in topic "
                + Topics.UPDATE_SHARD.name(), "topic " + Topics.UPDATE_SHARD.name()
                + ", partition 2 begins at offset 2");
    }

    private Outcome replay(String... options) {
        return replay(runId, List.of(options));
    }

    private Outcome replay(String id, List<String> options) {
        return fedbiot(Stream.of(List.of("replay", id), cluster(), options).flatMap(List::stream)
                .toArray(String[]::new));
    }

    private List<String> cluster() {
        return List.of("--bootstrap-servers", broker.bootstrapServers(), "--schema-registry", registry.url());
    }

    private KafkaSettings kafka() {
        return new KafkaSettings(broker.bootstrapServers(), registry.url());
    }

    private static Outcome fedbiot(String... words) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
            int code = Main.commandLine().execute(words);
            return new Outcome(code, printed.toString(StandardCharsets.UTF_8), told.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** In the layout that the run announced. */
    private static float[] exportedValues(Path adapter, Log log) {
        SafetensorsFile file = SafetensorsFile.open(adapter.resolve(PeftExport.WEIGHTS));
        List<ByteBuffer> tensors = log.layout.stream()
                .map(tensor -> file.stored("base_model.model.model." + tensor.getName() + ".weight")).toList();
        assertThat(file.names()).hasSameSizeAs(log.layout);
        return Log.joined(tensors);
    }

    /** What lies in the run's topics, read without anything of the replay. */
    private Log read() {
        Topic[] topics = {Topics.ADAPTER_SHARD, Topics.UPDATE_SHARD, Topics.UPDATE_MANIFEST, Topics.REPLAY_VERSION,
            Topics.REPLAY_SHARD, Topics.EMULATOR_MANIFEST};
        Log log = new Log();
        try (EventReader reader = new EventReader(kafka(), "it-replay", topics)) {
            while (!reader.atEnd()) {
                reader.poll(Duration.ofMillis(200)).forEach(log::add);
            }
        }
        return log;
    }

    private static final class Log {

        private List<FactorTensor> layout;
        private final Map<Integer, ByteBuffer> initial = new TreeMap<>();
        private final Map<String, Map<Integer, ByteBuffer>> updates = new TreeMap<>();
        private final Map<String, Integer> samples = new TreeMap<>();
        private final List<VersionReplayed> replayed = new ArrayList<>();
        private final Map<String, AdapterShard> replayedShards = new TreeMap<>();

        private void add(ConsumerRecord<String, SpecificRecord> record) {
            if (record.value() instanceof BasePublished base) {
                layout = base.getAdapterLayout();
            } else if (record.value() instanceof UpdateManifest manifest) {
                samples.put(manifest.getRound() + "/" + manifest.getClientId(), manifest.getDatasetSamples());
            } else if (record.value() instanceof UpdateShard shard) {
                updates.computeIfAbsent(shard.getRound() + "/" + shard.getClientId(), key -> new TreeMap<>())
                        .put(shard.getShard(), shard.getData());
            } else if (record.value() instanceof VersionReplayed version) {
                replayed.add(version);
            } else if (record.value() instanceof AdapterShard shard) {
                if (record.topic().equals(Topics.REPLAY_SHARD.name())) {
                    replayedShards.put(record.partition() + "/" + record.offset(), shard);
                } else if (shard.getVersion() == 0) {
                    initial.put(shard.getShard(), shard.getData());
                }
            }
        }

        private float[] initial() {
            return joined(initial.values());
        }

        private float[] difference(int round, String client) {
            return joined(updates.get(round + "/" + client).values());
        }

        private int samples(int round, String client) {
            return samples.get(round + "/" + client);
        }

        /** Over the hashes of shards of 65,536 bytes. */
        private String hash(float[] values) {
            List<String> hashes = new ArrayList<>();
            for (int start = 0; start < values.length; start += 16_384) {
                hashes.add(Sha256.of(LittleEndian.bytes(values, start, Math.min(start + 16_384, values.length))));
            }
            return Sha256.ofHashes(hashes);
        }

        private static float[] joined(Collection<ByteBuffer> parts) {
            ByteBuffer whole = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
            parts.forEach(part -> whole.put(part.duplicate()));
            return LittleEndian.floats(whole.flip());
        }
    }
}
