package org.fedbiot.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.coordinator.Coordinator;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Input;
import org.fedbiot.coordinator.Phase;
import org.fedbiot.coordinator.Run;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.AlignmentLoss;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.ExposureSettings;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.PromptTemplate;
import org.fedbiot.schemas.event.ResourceSettings;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.schemas.event.TrainingSettings;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.integrity.Sha256;

/** The decision log of a run of many rounds, decided by the coordinator's own rules: its last round is still open. */
final class LongRun {

    static final String RUN = "long-run";

    /** Of an adapter of 2 MiB in shards of 512 KiB. */
    private static final int ELEMENTS = 524_288;
    private static final int SHARDS = 4;
    static final String MODEL = "ab".repeat(32);

    private final List<SpecificRecord> log = new ArrayList<>();
    private CoordinatorState state = CoordinatorState.initial();

    private LongRun() {
    }

    /**
     * @param rounds that are complete
     * @param clients that are called to each
     */
    static List<SpecificRecord> log(int rounds, int clients) {
        LongRun run = new LongRun();
        List<String> names = IntStream.range(0, clients).mapToObj(client -> "client-" + client).toList();
        for (String name : names) {
            run.feed(new ClientKeyRegistered(name, name + "-key", ByteBuffer.wrap(new byte[44])));
            run.feed(joined(name));
        }
        run.feed(new RunSubmitted(spec(rounds + 1, names)));
        while (!run.isOpen(rounds + 1)) {
            run.step(names);
        }
        return run.log;
    }

    static ClientJoined joined(String client) {
        return ClientJoined.newBuilder().setClientId(client).setDatasetSamples(100).setHeldOutSamples(10)
                .setSkippedSamples(0).setDevice("cpu").build();
    }

    private boolean isOpen(int round) {
        return run().phase() instanceof Phase.RoundOpen open && open.opened().getRound() == round;
    }

    private Run run() {
        return state.run(RUN).orElseThrow();
    }

    private void feed(SpecificRecord event) {
        for (SpecificRecord decision : Coordinator.decide(state, new Input(event, System.currentTimeMillis()))) {
            state = Coordinator.apply(state, decision);
            log.add(decision);
        }
    }

    private void step(List<String> clients) {
        Phase phase = run().phase();
        if (phase instanceof Phase.Compressing) {
            feed(completed("compress", TaskKind.COMPRESS, 0, 0)
                    .setCompression(new CompressionResult(MODEL, hash("base"), 1000L, 1300L, 1500L, ELEMENTS, SHARDS,
                            ELEMENTS)).build());
            feed(adapter(0));
        } else if (phase instanceof Phase.RoundOpen open) {
            clients.forEach(client -> feed(accepted(open.opened().getRound(), client)));
        } else if (phase instanceof Phase.Folding folding) {
            feed(adapter(folding.closed().getNewAdapterVersion()));
        } else if (phase instanceof Phase.Aligning) {
            int emulator = run().versions().orElseThrow().emulatorVersion() + 1;
            feed(completed("align-" + emulator, TaskKind.ALIGN, emulator,
                    run().versions().orElseThrow().adapterVersion()).build());
        } else {
            throw new IllegalStateException("a run without evaluations stands in " + phase);
        }
    }

    static ServerTaskCompleted.Builder completed(String task, TaskKind kind, int emulator, int adapter) {
        AlignmentLoss loss = new AlignmentLoss(1.0, 1.0, 2.0);
        return ServerTaskCompleted.newBuilder().setRunId(RUN).setTaskId(task).setKind(kind).setWorker("server-1")
                .setDurationMillis(1000).setAlignment(AlignmentResult.newBuilder().setEmulatorVersion(emulator)
                        .setEmulatorSha256(hash("emulator " + emulator)).setAdapterVersion(adapter).setSteps(5)
                        .setBefore(loss).setAfter(loss).build());
    }

    private static AdapterPublished adapter(int version) {
        return new AdapterPublished(RUN, version, version, hash("adapter " + version), ELEMENTS,
                IntStream.range(0, SHARDS).mapToObj(shard -> ShardRef.newBuilder().setShard(shard)
                        .setSha256(hash("adapter " + version + "/" + shard)).setBytes(512 * 1024)
                        .setPartition(shard).setOffset(version).build()).toList());
    }

    private static UpdateAccepted accepted(int round, String client) {
        String update = client + "/" + round;
        return new UpdateAccepted(RUN, round, client, hash(update),
                IntStream.range(0, SHARDS).mapToObj(shard -> hash(update + "/" + shard)).toList(), 100, 60, 1.0, 2.0,
                3.0, 1.0);
    }

    private static String hash(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    static RunSpec spec(int rounds, List<String> clients) {
        return RunSpec.newBuilder().setRunId(RUN).setSeed(7)
                .setModel(ModelSpec.newBuilder().setName("model").setLocation("model").setSha256(MODEL)
                        .setDataType(DataType.FLOAT32).setLayers(12).setLayerParameters(100).setOtherParameters(300)
                        .build())
                .setSplit(SplitSpec.newBuilder().setBackAdapterLayers(4).setDropRate(0.25)
                        .setTeacherLayers(IntStream.range(0, 8).boxed().toList())
                        .setKeptLayers(List.of(0, 1, 3, 4, 5, 7)).setAdapterLayers(List.of(8, 9, 10, 11)).build())
                .setLora(LoraSettings.newBuilder().setRank(4).setAlpha(8).setTargets(List.of("q", "v")).build())
                .setAlignment(AlignmentSettings.newBuilder().setPreSteps(3).setSteps(2).setBatchSize(2)
                        .setMicroBatchTokens(64).setLearningRate(1e-3).setKlWeight(1).build())
                .setTraining(TrainingSettings.newBuilder().setSteps(2).setBatchSize(2).setMicroBatchTokens(64)
                        .setLearningRate(1e-3).build())
                .setAggregation(AggregationSettings.newBuilder().build())
                .setFederation(FederationSettings.newBuilder().setRounds(rounds).setClients(clients)
                        .setQuorum(clients.size()).setDeadlineMillis(3_600_000).build())
                .setText(TextSettings.newBuilder().setTemplate(PromptTemplate.PLAIN).setMaxTokens(64).build())
                .setServerData(ServerData.newBuilder().setPublicLocation("public").setEvaluationLocation("own")
                        .build())
                .setEvaluation(EvaluationSettings.newBuilder().setMaxNewTokens(8).setBatchTokens(64).build())
                .setResources(ResourceSettings.newBuilder().setServerThreads(1).setClientThreads(1).build())
                .setExposure(ExposureSettings.newBuilder().build())
                .build();
    }
}
