package org.fedbiot.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.cli.report.QuickstartReport;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.cli.simulation.ConfluentWitness;
import org.fedbiot.cli.simulation.RunDirectory;
import org.fedbiot.cli.simulation.Simulation;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.topic.Zone;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A short run of the whole pipeline on the shipped model, then what its log must show. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuickstartIT {

    private static final Path MODEL = Path.of("..", "models", "fedbiot-small");

    @TempDir
    static Path temp;

    private RunDirectory directory;
    private PreparedRun prepared;
    private Simulation.Result result;
    private String modelBefore;
    private final List<SpecificRecord> clientReadable = new ArrayList<>();
    private final Set<String> readByConfluent = new HashSet<>();

    @BeforeAll
    void runOnce() {
        System.setProperty("fedbiot.home", "..");
        modelBefore = BaseModel.open(MODEL).sha256();
        RunOptions options = new RunOptions();
        options.model = ModelChoice.SHIPPED;
        options.set = Map.ofEntries(
                Map.entry("federation.rounds", "2"),
                Map.entry("training.steps", "3"),
                Map.entry("alignment.preSteps", "4"),
                Map.entry("alignment.steps", "1"),
                Map.entry("aggregation.shardBytes", "65536"),
                Map.entry("evaluation.records", "24"),
                Map.entry("evaluation.exactMatchRecords", "12"));
        prepared = PreparedRun.of(options, temp.resolve("run"), "it");
        directory = prepared.directory();
        result = prepared.start(0, entry -> { });
        readWhatItLeft();
    }

    private void readWhatItLeft() {
        Topic[] announced = Topics.ALL.stream().filter(topic -> topic.zone() == Zone.ANNOUNCE).toArray(Topic[]::new);
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.kafka(), 0);
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0)) {
            KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers(), registry.url());
            try (EventReader reader = new EventReader(kafka, "it-announced", announced)) {
                while (!reader.atEnd()) {
                    for (ConsumerRecord<String, SpecificRecord> record : reader.poll(Duration.ofMillis(200))) {
                        clientReadable.add(record.value());
                    }
                }
            }
            readByConfluent.addAll(ConfluentWitness.read(kafka));
        }
    }

    @Test
    void shouldReportUnderThePublicNames() throws IOException {
        JsonNode json = new ObjectMapper().readTree(result.report().toJson());

        assertThat(names(json)).containsExactlyInAnyOrder("runId", "seconds", "rounds", "alignment", "evaluation",
                "bootstrapBytes", "exposedShare", "peakMemoryBytes", "export");
        assertThat(names(json.get("rounds").get(0)))
                .containsExactlyInAnyOrder("round", "seconds", "adapterSha256", "clients");
        assertThat(names(json.get("rounds").get(0).get("clients").get(0)))
                .containsExactlyInAnyOrder("client", "loss", "samples", "bytesUp", "bytesDown");
        assertThat(names(json.get("alignment").get(0)))
                .containsExactlyInAnyOrder("version", "lossBefore", "lossAfter");
        assertThat(names(json.get("evaluation")))
                .containsExactlyInAnyOrder("rawFull", "rawCompressed", "adapEmu", "adapFu");
        assertThat(names(json.get("evaluation").get("adapFu")))
                .containsExactlyInAnyOrder("nll", "perplexity", "exactMatch", "parses");
        assertThat(names(json.get("export"))).containsExactlyInAnyOrder("adapter", "merged", "record");
    }

    @Test
    void shouldHaveWrittenAllThatConfluentsOwnClientReadsFromTheEmbeddedRegistry() {
        assertThat(readByConfluent).contains("RunSubmitted", "RunAccepted", "RoundOpened", "TensorChunk", "UpdateShard",
                "UpdateAccepted", "AdapterPublished", "ClientReported", "RunEnded");
    }

    @Test
    void shouldCountEveryClientInEveryRound() {
        assertThat(result.report().rounds()).hasSize(2).allSatisfy(round -> {
            assertThat(round.adapterSha256()).hasSize(64);
            assertThat(round.clients()).extracting(QuickstartReport.Client::client)
                    .containsExactly("cafe", "clinic", "depot");
            assertThat(round.clients()).allSatisfy(client -> {
                assertThat(client.samples()).isEqualTo(3 * 12);
                // 71,680 factors of four bytes, and what names them.
                assertThat(client.bytesUp()).isBetween(286_720L, 300_000L);
                assertThat(client.bytesDown()).isPositive();
            });
        });
        assertThat(result.report().rounds()).extracting(QuickstartReport.Round::adapterSha256).doesNotHaveDuplicates();
        assertThat(result.report().evaluation().adapFu().nll())
                .isLessThan(result.report().evaluation().rawFull().nll());
    }

    @Test
    void shouldHaveTheSameEmulatorOnServerAndEveryClientInEveryRound() {
        Map<Integer, String> published = events(EmulatorPublished.class).stream()
                .collect(Collectors.toMap(EmulatorPublished::getVersion, EmulatorPublished::getSha256));
        Map<Integer, String> announced = events(RoundOpened.class).stream()
                .collect(Collectors.toMap(RoundOpened::getRound, RoundOpened::getEmulatorSha256));
        List<ClientReported> reports = result.run().entries().stream().map(RunRecord.Entry::event)
                .filter(ClientReported.class::isInstance).map(ClientReported.class::cast).toList();

        assertThat(announced).containsOnlyKeys(1, 2);
        assertThat(announced.get(1)).isEqualTo(published.get(0));
        assertThat(announced.get(2)).isEqualTo(published.get(1)).isNotEqualTo(announced.get(1));
        assertThat(reports).hasSize(6).allSatisfy(report ->
                assertThat(report.getEmulatorSha256()).isEqualTo(announced.get(report.getRound())));
    }

    @Test
    void shouldNotShowClientsAllLayersOfTheModel() {
        Set<String> chunks = new HashSet<>();
        events(TensorChunk.class).forEach(chunk -> chunks.add(chunk.getSha256()));
        List<Integer> kept = prepared.spec().getSplit().getKeptLayers();
        List<Integer> adapter = prepared.spec().getSplit().getAdapterLayers();
        BaseModel model = BaseModel.open(MODEL);

        Set<Integer> seen = new TreeSet<>();
        for (int layer = 0; layer < model.config().layers(); layer++) {
            // Each matrix of this model fits one chunk, so a layer that travelled is there by its tensors' hashes.
            String name = "model.layers." + layer + ".mlp.down_proj.weight";
            if (chunks.contains(Sha256.of(model.tensors().float32(name)))) {
                seen.add(layer);
            }
        }

        Set<Integer> allowed = new TreeSet<>(kept);
        allowed.addAll(adapter);
        assertThat(seen).isEqualTo(allowed).hasSizeLessThan(model.config().layers());
        assertThat(result.report().exposedShare()).isLessThan(0.9);
    }

    @Test
    void shouldLeaveTheBaseWeightsAsTheyWere() {
        BasePublished base = events(BasePublished.class).get(0);

        assertThat(BaseModel.open(MODEL).sha256()).isEqualTo(modelBefore).isEqualTo(base.getModelSha256());
    }

    @Test
    void shouldPublishEveryAdapterVersionOnce() {
        assertThat(events(AdapterPublished.class)).extracting(AdapterPublished::getVersion).containsExactly(0, 1, 2);
        // 71,680 factors in shards of 16,384.
        assertThat(events(AdapterPublished.class)).allSatisfy(
                version -> assertThat(version.getShards()).hasSize(5));
    }

    @Test
    void shouldLeaveAdapterMergedModelAndRecord() {
        Path adapter = Path.of(result.report().export().adapter());
        Path merged = Path.of(result.report().export().merged());
        Path record = Path.of(result.report().export().record());

        assertThat(adapter.resolve("adapter_model.safetensors")).isRegularFile();
        assertThat(adapter.resolve("adapter_config.json")).isRegularFile();
        assertThat(BaseModel.open(merged).config()).isEqualTo(BaseModel.open(MODEL).config());
        assertThat(BaseModel.open(merged).sha256()).isNotEqualTo(modelBefore);
        assertThat(record.resolve("run.json")).isRegularFile();
        assertThat(record.resolve("events.jsonl")).isRegularFile();
    }

    @Test
    void shouldKeepPrivateTextOffTheServersTopics() throws IOException {
        String record = Files.readString(Path.of(result.report().export().record()).resolve("events.jsonl"));
        String secret = prepared.text().get("clinic").training().get(0).prompt();

        assertThat(record).doesNotContain(secret);
    }

    private <T> List<T> events(Class<T> type) {
        return clientReadable.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static Set<String> names(JsonNode node) {
        Set<String> names = new HashSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
