package org.fedbiot.cli.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.settings.SettingsTree;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.learning.pretrain.TrialModel;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.event.UpdateShard;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.worker.client.ClientData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a short run must come to on any Kafka and any registry; a subclass says on which. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
abstract class PipelineContract {

    private static final List<String> CLIENTS = List.of("anna", "bert");
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("split.backAdapterLayers", "1"), Map.entry("lora.rank", "4"), Map.entry("lora.alpha", "8"),
            Map.entry("alignment.preSteps", "2"), Map.entry("alignment.steps", "1"),
            Map.entry("alignment.batchSize", "4"), Map.entry("alignment.microBatchTokens", "256"),
            Map.entry("alignment.heldOutRecords", "8"), Map.entry("training.steps", "2"),
            Map.entry("training.batchSize", "4"), Map.entry("training.microBatchTokens", "256"),
            Map.entry("aggregation.shardBytes", "2048"), Map.entry("aggregation.updateCodec", "INT8"),
            Map.entry("federation.clients", "[anna, bert]"),
            Map.entry("federation.quorum", "2"), Map.entry("federation.rounds", "2"),
            Map.entry("federation.deadlineMillis", "600000"), Map.entry("text.template", "PLAIN"),
            Map.entry("text.maxTokens", "32"), Map.entry("evaluation.records", "8"),
            Map.entry("evaluation.exactMatchRecords", "0"), Map.entry("evaluation.batchTokens", "256"),
            Map.entry("resources.serverThreads", "1"), Map.entry("exposure.maxShare", "0.95"));

    private KafkaSettings kafka;
    private RunRecord run;

    /** Starts broker and registry. */
    abstract KafkaSettings start(Path directory);

    abstract void stop();

    @BeforeAll
    void runOnce(@TempDir Path temp) throws IOException {
        kafka = start(temp);
        TrialModel.write(temp.resolve("model"), 11);
        RunSpec spec = spec(temp);
        Map<String, ClientData> text = new HashMap<>();
        for (String client : CLIENTS) {
            text.put(client, ClientData.read(TrialModel.text(temp.resolve(client + ".jsonl"), 24, client.hashCode()),
                    Optional.of(TrialModel.text(temp.resolve(client + "-held-out.jsonl"), 8, 7))));
        }
        try (LocalCluster cluster = new LocalCluster(RunDirectory.create(temp.resolve("run")), text, kafka);
                RunWatcher watcher = new RunWatcher(cluster.kafka(), entry -> { })) {
            cluster.submit(spec);
            run = watcher.watch(spec.getRunId(), cluster.failure());
        }
    }

    private static RunSpec spec(Path temp) throws IOException {
        RunSettings settings = RunSettings.of(SettingsTree.ofPreset("any").with(SETTINGS));
        BaseModel model = BaseModel.open(temp.resolve("model"));
        return RunPlan.spec("contract", settings, model, "tiny",
                RunPlan.split(settings.split(), model.config().layers()),
                TrialModel.text(temp.resolve("public.jsonl"), 40, 1),
                TrialModel.text(temp.resolve("evaluation.jsonl"), 8, 2));
    }

    @AfterAll
    void stopCluster() {
        stop();
    }

    @Test
    void shouldCompleteTheRunWithEveryClientInEveryRound() {
        assertThat(run.ended()).hasValueSatisfying(
                ended -> assertThat(ended.getOutcome()).as(ended.getReason()).isEqualTo(RunOutcome.COMPLETED));
        assertThat(events(RoundClosed.class)).hasSize(2).allSatisfy(
                round -> assertThat(round.getCounted()).hasSize(CLIENTS.size()));
        assertThat(events(AdapterPublished.class)).extracting(AdapterPublished::getVersion).containsExactly(0, 1, 2);
    }

    @Test
    void shouldHandInAQuarterOfTheBytesThatTheElementsHave() {
        List<UpdateShard> shards = new ArrayList<>();
        try (EventReader reader = new EventReader(kafka, "it-update-bytes", Topics.UPDATE_SHARD)) {
            while (!reader.atEnd()) {
                reader.poll(Duration.ofMillis(200)).forEach(record -> shards.add((UpdateShard) record.value()));
            }
        }

        int updates = 2 * CLIENTS.size();
        int cut = events(AdapterPublished.class).get(0).getShards().size();
        assertThat(shards).hasSize(updates * cut)
                .allSatisfy(shard -> assertThat(shard.getCodec()).isEqualTo(UpdateCodec.INT8));
        double bytes = shards.stream().mapToInt(shard -> shard.getData().remaining()).sum();
        assertThat(bytes / ((double) updates * shards.get(0).getElements() * Float.BYTES)).isBetween(0.25, 0.26);
    }

    @Test
    void shouldBeReadAsItIsByConfluentsOwnClient() {
        Set<String> read = ConfluentWitness.read(kafka);

        assertThat(read).contains("RunSubmitted", "RunAccepted", "ServerTaskCompleted", "TensorChunk", "BasePublished",
                "RoundOpened", "UpdateManifest", "UpdateShard", "UpdateAccepted", "AdapterShard", "AdapterPublished",
                "ClientReported", "RunEnded");
    }

    private <T> List<T> events(Class<T> type) {
        return run.entries().stream().map(RunRecord.Entry::event).flatMap(event -> type.isInstance(event)
                ? Stream.of(type.cast(event)) : Stream.empty()).toList();
    }
}
