package org.fedbiot.cli.dashboard;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.AlignmentLoss;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.ExposureSettings;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.PromptTemplate;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.ResourceSettings;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.schemas.event.TrainingSettings;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.topic.Topics;

/** The control events of a run of many rounds and clients, made up: a page sees no difference. */
final class LongLog {

    static final String RUN = "long-run";
    static final int STEPS = 36;

    private final EventProducer producer;
    private final int rounds;
    private final List<String> clients;
    private final RunSpec spec;

    LongLog(EventProducer producer, int rounds, int clients) {
        this.producer = producer;
        this.rounds = rounds;
        this.clients = IntStream.range(0, clients).mapToObj(client -> "client-%02d".formatted(client)).toList();
        this.spec = spec();
    }

    List<String> clients() {
        return clients;
    }

    void begin() {
        decide(new RunAccepted(RUN, spec, List.of(0, 1, 3, 4, 5, 7, 8, 9, 10, 11), 0.84));
        for (String client : clients) {
            ClientJoined joined = ClientJoined.newBuilder().setClientId(client).setDatasetSamples(100)
                    .setHeldOutSamples(10).setSkippedSamples(0).setDevice("cpu").build();
            producer.send(Topics.CLIENT_PRESENCE, client, joined);
            decide(joined);
        }
        decide(ServerTaskAssigned.newBuilder().setRunId(RUN).setTaskId("compress").setKind(TaskKind.COMPRESS)
                .setRound(0).setSpec(spec).build());
        decide(done("compress", TaskKind.COMPRESS).setAlignment(alignment(0)).build());
        publish(0);
    }

    /** @param signs of progress of each client */
    void whole(int round, int signs) {
        open(round);
        for (int sign = 1; sign <= signs; sign++) {
            progress(round, sign * STEPS / signs);
        }
        for (String client : clients) {
            settle(round, client);
        }
        close(round);
    }

    void open(int round) {
        decide(RoundOpened.newBuilder().setRunId(RUN).setRound(round).setBaseSha256("base")
                .setAdapterVersion(round - 1).setAdapterSha256("a" + (round - 1)).setEmulatorVersion(round - 1)
                .setEmulatorSha256("e" + (round - 1)).setAdapterElements(71_680).setAdapterShards(1)
                .setCalled(clients.stream().map(client -> new CalledClient(client, client + "-1",
                        ByteBuffer.allocate(44))).toList())
                .setQuorum(30).setDeadlineMillis(System.currentTimeMillis() + 600_000).setSeed(7)
                .setLora(spec.getLora()).setTraining(spec.getTraining()).setAggregation(spec.getAggregation())
                .setText(spec.getText()).setClientThreads(1).build());
    }

    /** Of every client. */
    void progress(int round, int step) {
        for (String client : clients) {
            producer.send(Topics.CLIENT_PRESENCE, client, ClientProgressed.newBuilder().setRunId(RUN).setRound(round)
                    .setClientId(client).setStep(step).setSteps(STEPS).setLoss(loss(round)).build());
        }
    }

    /** Most updates pass; one client's in seven rounds do not. */
    void settle(int round, String client) {
        if (isRejected(round, client)) {
            UpdateRejected update = new UpdateRejected(RUN, round, client, "u", RejectReason.NORM_EXCEEDED,
                    "norm 812.5 is over 100.0");
            producer.send(Topics.UPDATE_VERDICT, client, update);
            decide(update);
            return;
        }
        UpdateAccepted update = new UpdateAccepted(RUN, round, client, "u", List.of("u"), 100, 60, 1.0, loss(round),
                loss(round) + 1, loss(round));
        producer.send(Topics.UPDATE_VERDICT, client, update);
        decide(update);
        producer.send(Topics.CLIENT_PRESENCE, client, ClientReported.newBuilder().setRunId(RUN).setRound(round)
                .setClientId(client).setBaseSha256("base").setAdapterSha256("a" + (round - 1))
                .setEmulatorSha256("e" + (round - 1)).setBytesUp(288_000).setBytesDown(718_000)
                .setBootstrapBytes(7_100_000).setTrainingMillis(30_000).build());
    }

    private boolean isRejected(int round, String client) {
        return (clients.indexOf(client) + round) % 7 == 0 && clients.indexOf(client) % 10 == 3;
    }

    void close(int round) {
        decide(RoundClosed.newBuilder().setRunId(RUN).setRound(round).setAdapterVersion(round - 1)
                .setAdapterSha256("a" + (round - 1)).setNewAdapterVersion(round).setAdapterElements(71_680)
                .setAdapterShards(1).setAggregation(spec.getAggregation()).setReason(CloseReason.ALL_IN)
                .setCounted(clients.stream().filter(client -> !isRejected(round, client))
                        .map(client -> new CountedUpdate(client, "u", List.of("u"), 100.0)).toList()).build());
        publish(round);
        task("evaluate-" + round, TaskKind.EVALUATE, round, done("evaluate-" + round, TaskKind.EVALUATE)
                .setEvaluation(new EvaluationResult(round, round - 1, List.of(score(EvaluatedModel.RAW_FULL, 3),
                        score(EvaluatedModel.RAW_COMPRESSED, 3.5), score(EvaluatedModel.ADAP_EMU, loss(round) + 0.2),
                        score(EvaluatedModel.ADAP_FU, loss(round))))));
        task("align-" + round, TaskKind.ALIGN, round + 1, done("align-" + round, TaskKind.ALIGN)
                .setAlignment(alignment(round)));
    }

    private void task(String id, TaskKind kind, int round, ServerTaskCompleted.Builder done) {
        decide(ServerTaskAssigned.newBuilder().setRunId(RUN).setTaskId(id).setKind(kind).setRound(round).setSpec(spec)
                .build());
        decide(done.build());
    }

    private void publish(int version) {
        decide(new AdapterPublished(RUN, version, version, "a" + version, 71_680, List.of()));
    }

    private void decide(SpecificRecord event) {
        producer.send(Topics.DECISION, RUN, event);
    }

    private static double loss(int round) {
        return 1 + 8.0 / (round + 1);
    }

    private static ServerTaskCompleted.Builder done(String task, TaskKind kind) {
        return ServerTaskCompleted.newBuilder().setRunId(RUN).setTaskId(task).setKind(kind).setWorker("server-1")
                .setDurationMillis(1_000);
    }

    private static AlignmentResult alignment(int version) {
        AlignmentLoss before = new AlignmentLoss(loss(version) / 50, loss(version) / 90, loss(version) / 30);
        AlignmentLoss after = new AlignmentLoss(loss(version) / 60, loss(version) / 99, loss(version) / 40);
        return AlignmentResult.newBuilder().setEmulatorVersion(version).setEmulatorSha256("e" + version)
                .setAdapterVersion(version).setSteps(5).setBefore(before).setAfter(after).build();
    }

    private static ModelScore score(EvaluatedModel model, double nll) {
        return new ModelScore(model, nll, Math.exp(nll), 0.5, 300, 300, 3_000L, -1.0, 0);
    }

    private RunSpec spec() {
        return RunSpec.newBuilder().setRunId(RUN).setSeed(7)
                .setModel(ModelSpec.newBuilder().setName("made-up").setLocation("made-up").setSha256("ab".repeat(32))
                        .setDataType(DataType.FLOAT32).setLayers(12).setLayerParameters(172_000)
                        .setOtherParameters(300_000).build())
                .setSplit(SplitSpec.newBuilder().setBackAdapterLayers(4).setDropRate(0.25)
                        .setTeacherLayers(IntStream.range(0, 8).boxed().toList())
                        .setKeptLayers(List.of(0, 1, 3, 4, 5, 7)).setAdapterLayers(List.of(8, 9, 10, 11)).build())
                .setLora(LoraSettings.newBuilder().setRank(8).setAlpha(16).setTargets(List.of("q", "v")).build())
                .setAlignment(AlignmentSettings.newBuilder().setPreSteps(3).setSteps(5).setBatchSize(2)
                        .setMicroBatchTokens(64).setLearningRate(1e-3).setKlWeight(1).build())
                .setTraining(TrainingSettings.newBuilder().setSteps(STEPS).setBatchSize(2).setMicroBatchTokens(64)
                        .setLearningRate(1e-3).build())
                .setAggregation(AggregationSettings.newBuilder().setMaxUpdateNorm(100).build())
                .setFederation(FederationSettings.newBuilder().setRounds(rounds).setClients(clients).setQuorum(30)
                        .setDeadlineMillis(600_000).build())
                .setText(TextSettings.newBuilder().setTemplate(PromptTemplate.PLAIN).setMaxTokens(64).build())
                .setServerData(ServerData.newBuilder().setPublicLocation("public").setEvaluationLocation("own")
                        .build())
                .setEvaluation(EvaluationSettings.newBuilder().setMaxNewTokens(8).setBatchTokens(64).build())
                .setResources(ResourceSettings.newBuilder().setServerThreads(1).setClientThreads(1).build())
                .setExposure(ExposureSettings.newBuilder().build())
                .build();
    }
}
