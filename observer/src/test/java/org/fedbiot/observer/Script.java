package org.fedbiot.observer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.AlignmentLoss;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.ExportResult;
import org.fedbiot.schemas.event.ExposureSettings;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.ProcessStarted;
import org.fedbiot.schemas.event.PromptTemplate;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.ResourceSettings;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskProgressed;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.schemas.event.TrainingSettings;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/** Writes a log by hand, one event a second unless the clock is moved. */
final class Script {

    static final String RUN = "run-1";
    static final long START = 1_000_000;
    static final long DEADLINE_MILLIS = 600_000;
    /** Of the four layers of 100 parameters that the adapter has, and the six of the emulator, in fp32. */
    static final long ADAPTER_BYTES = 4 * 100 * 4;
    static final long EMULATOR_BYTES = 6 * 100 * 4;

    private final List<LoggedEvent> log = new ArrayList<>();
    private final Map<Topic, Long> ends = new HashMap<>();
    private final List<String> clients;
    private long now = START;

    Script(String... clients) {
        this.clients = List.of(clients);
    }

    List<LoggedEvent> log() {
        return List.copyOf(log);
    }

    long now() {
        return now;
    }

    Picture picture() {
        PictureFold fold = new PictureFold();
        log.forEach(fold::add);
        return fold.picture();
    }

    RunPicture run() {
        return picture().run(RUN).orElseThrow();
    }

    Script pass(long millis) {
        now += millis;
        return this;
    }

    Script on(Topic topic, SpecificRecord event) {
        now += 1_000;
        log.add(new LoggedEvent(topic.name(), 0, ends.merge(topic, 1L, Long::sum) - 1, now, event));
        return this;
    }

    Script decide(SpecificRecord event) {
        return on(Topics.DECISION, event);
    }

    /** What a client says, and what the coordinator keeps of it. */
    Script bothSay(SpecificRecord event) {
        return on(Topics.CLIENT_PRESENCE, event).decide(event);
    }

    RunSpec spec() {
        return RunSpec.newBuilder().setRunId(RUN).setSeed(7)
                .setModel(ModelSpec.newBuilder().setName("tiny").setLocation("tiny").setSha256("ab".repeat(32))
                        .setDataType(DataType.FLOAT32).setLayers(12).setLayerParameters(100).setOtherParameters(300)
                        .build())
                .setSplit(SplitSpec.newBuilder().setBackAdapterLayers(4).setDropRate(0.25)
                        .setTeacherLayers(IntStream.range(0, 8).boxed().toList())
                        .setKeptLayers(List.of(0, 1, 3, 4, 5, 7)).setAdapterLayers(List.of(8, 9, 10, 11)).build())
                .setLora(LoraSettings.newBuilder().setRank(4).setAlpha(8).setTargets(List.of("q", "v")).build())
                .setAlignment(AlignmentSettings.newBuilder().setPreSteps(3).setSteps(2).setBatchSize(2)
                        .setMicroBatchTokens(64).setLearningRate(1e-3).setKlWeight(1).build())
                .setTraining(TrainingSettings.newBuilder().setSteps(10).setBatchSize(2).setMicroBatchTokens(64)
                        .setLearningRate(1e-3).build())
                .setAggregation(AggregationSettings.newBuilder().setMaxUpdateNorm(5).build())
                .setFederation(FederationSettings.newBuilder().setRounds(2).setClients(clients).setQuorum(2)
                        .setDeadlineMillis(DEADLINE_MILLIS).build())
                .setText(TextSettings.newBuilder().setTemplate(PromptTemplate.PLAIN).setMaxTokens(64).build())
                .setServerData(ServerData.newBuilder().setPublicLocation("public").setEvaluationLocation("own")
                        .build())
                .setEvaluation(EvaluationSettings.newBuilder().setMaxNewTokens(8).setBatchTokens(64).build())
                .setResources(ResourceSettings.newBuilder().setServerThreads(1).setClientThreads(1).build())
                .setExposure(ExposureSettings.newBuilder().build())
                .build();
    }

    Script submitted() {
        return on(Topics.COMMAND, new RunSubmitted(spec()));
    }

    Script accepted() {
        return decide(new RunAccepted(RUN, spec(), List.of(0, 1, 3, 4, 5, 7, 8, 9, 10, 11), 0.867))
                .assigned(TaskKind.COMPRESS, "compress", 0);
    }

    Script joined(String client) {
        return bothSay(ClientJoined.newBuilder().setClientId(client).setDatasetSamples(100).setHeldOutSamples(10)
                .setSkippedSamples(1).setDevice("cpu").build());
    }

    Script left(String client) {
        return bothSay(ClientLeaving.newBuilder().setClientId(client).setReason("closed").build());
    }

    Script workerStarted() {
        return on(Topics.PROCESS_STATUS, new ProcessStarted("server-s1", "server-worker", "0.1.0", "cpu", 2));
    }

    Script assigned(TaskKind kind, String task, int round) {
        return decide(ServerTaskAssigned.newBuilder().setRunId(RUN).setTaskId(task).setKind(kind).setRound(round)
                .setSpec(spec()).build());
    }

    Script works(TaskKind kind, String task, String phase, int step, int steps) {
        return on(Topics.PROCESS_STATUS, new ServerTaskProgressed(RUN, task, kind, "s1", phase, step, steps, 0.5));
    }

    Script compressed() {
        return decide(done(TaskKind.COMPRESS, "compress").setAlignment(alignment(0, 2, 1))
                .setCompression(new CompressionResult("ab".repeat(32), "ba".repeat(32), 4_000L, 1_300L, 1_500L, 1_000,
                        1, 1_500)).build()).published(0);
    }

    Script aligned(int version, int round, double l2Before, double l2After) {
        return assigned(TaskKind.ALIGN, "align-" + version, round)
                .decide(done(TaskKind.ALIGN, "align-" + version)
                        .setAlignment(alignment(version, l2Before, l2After)).build());
    }

    Script evaluated(int version, double adapFu) {
        return assigned(TaskKind.EVALUATE, "evaluate-" + version, version)
                .decide(done(TaskKind.EVALUATE, "evaluate-" + version).setEvaluation(new EvaluationResult(version,
                        version - 1, List.of(score(EvaluatedModel.RAW_FULL, 3, -1),
                                score(EvaluatedModel.ADAP_FU, adapFu, 0.5)))).build());
    }

    Script opened(int round, int attempt, String... called) {
        return decide(RoundOpened.newBuilder().setRunId(RUN).setRound(round).setAttempt(attempt)
                .setBaseSha256("ba".repeat(32)).setAdapterVersion(round - 1).setAdapterSha256("a" + (round - 1))
                .setEmulatorVersion(round - 1).setEmulatorSha256("e" + (round - 1)).setAdapterElements(1_000)
                .setAdapterShards(1).setCalled(List.of(called).stream()
                        .map(client -> new CalledClient(client, client + "-1", ByteBuffer.allocate(0))).toList())
                .setQuorum(2).setDeadlineMillis(now + 1_000 + DEADLINE_MILLIS).setSeed(7).setLora(spec().getLora())
                .setTraining(spec().getTraining()).setAggregation(spec().getAggregation()).setText(spec().getText())
                .setClientThreads(1).build());
    }

    Script progressed(int round, String client, int step) {
        return on(Topics.CLIENT_PRESENCE, ClientProgressed.newBuilder().setRunId(RUN).setRound(round)
                .setClientId(client).setStep(step).setSteps(10).setLoss(2.5).build());
    }

    Script sent(int round, String client) {
        return on(Topics.CLIENT_PRESENCE, ClientProgressed.newBuilder().setRunId(RUN).setRound(round)
                .setClientId(client).setStep(10).setSteps(10).setLoss(1.5).setShardsSent(1).setShards(1).build());
    }

    Script accepted(int round, String client, int samples, double meanLoss) {
        UpdateAccepted update = new UpdateAccepted(RUN, round, client, "u", List.of("u"), samples, 20, 1.25, meanLoss,
                meanLoss + 1, meanLoss - 1);
        return on(Topics.UPDATE_VERDICT, update).decide(update);
    }

    /** By screening alone. */
    Script refused(int round, String client, RejectReason reason, String detail) {
        return on(Topics.UPDATE_VERDICT, new UpdateRejected(RUN, round, client, "u", reason, detail));
    }

    /** By screening, and the coordinator takes the client for lost. */
    Script rejected(int round, String client, RejectReason reason, String detail) {
        return refused(round, client, reason, detail)
                .decide(new UpdateRejected(RUN, round, client, "u", reason, detail));
    }

    Script failed(int round, String client) {
        return bothSay(ClientFailed.newBuilder().setRunId(RUN).setRound(round).setClientId(client)
                .setReason("no memory").build());
    }

    Script reported(int round, String client, long up, long down) {
        return on(Topics.CLIENT_PRESENCE, ClientReported.newBuilder().setRunId(RUN).setRound(round)
                .setClientId(client).setBaseSha256("base").setAdapterSha256("a" + (round - 1))
                .setEmulatorSha256("e" + (round - 1)).setBytesUp(up).setBytesDown(down).setBootstrapBytes(4_000)
                .setTrainingMillis(9).build());
    }

    Script closed(int round, CloseReason reason, Map<String, Double> counted) {
        return decide(RoundClosed.newBuilder().setRunId(RUN).setRound(round).setAdapterVersion(round - 1)
                .setAdapterSha256("a" + (round - 1)).setNewAdapterVersion(round).setAdapterElements(1_000)
                .setAdapterShards(1).setAggregation(spec().getAggregation()).setReason(reason)
                .setCounted(counted.entrySet().stream().sorted(Map.Entry.comparingByKey())
                        .map(entry -> new CountedUpdate(entry.getKey(), "u", List.of("u"), entry.getValue()))
                        .toList()).build());
    }

    Script published(int version) {
        return decide(new AdapterPublished(RUN, version, version, "a" + version, 1_000, List.of()));
    }

    Script exported() {
        return decide(EvaluationOpened.newBuilder().setRunId(RUN).setBaseSha256("ba".repeat(32)).setAdapterVersion(2)
                .setAdapterSha256("a2").setEmulatorVersion(1).setEmulatorSha256("e1").setClients(clients)
                .setLora(spec().getLora()).setText(spec().getText()).setBatchTokens(64).setClientThreads(1)
                .setDeadlineMillis(now + DEADLINE_MILLIS).build())
                .assigned(TaskKind.EXPORT, "export-2", 2)
                .decide(done(TaskKind.EXPORT, "export-2")
                        .setExport(new ExportResult(2, "/out/adapter", "/out/merged")).build());
    }

    Script scored(String client) {
        return bothSay(ClientEvaluated.newBuilder().setRunId(RUN).setClientId(client).setAdapterVersion(2)
                .setEmulatorVersion(1).setAdapEmuNll(1.1).setRawCompressedNll(2.2).setRecords(10).build());
    }

    Script ended(RunOutcome outcome, String reason) {
        return decide(RunEnded.newBuilder().setRunId(RUN).setOutcome(outcome).setReason(reason).setAdapterVersion(2)
                .setAdapterSha256("a2").build());
    }

    Script deadLetter(String reason) {
        return on(Topics.AGGREGATOR_DEAD_LETTER, new DeadLetter("aggregator", reason, Topics.UPDATE_SHARD.name(), 3,
                17L, "key", "cd", 512));
    }

    private static ServerTaskCompleted.Builder done(TaskKind kind, String task) {
        return ServerTaskCompleted.newBuilder().setRunId(RUN).setTaskId(task).setKind(kind).setWorker("s1")
                .setDurationMillis(800);
    }

    private static AlignmentResult alignment(int version, double l2Before, double l2After) {
        return AlignmentResult.newBuilder().setEmulatorVersion(version).setEmulatorSha256("e" + version)
                .setAdapterVersion(version).setSteps(2).setBefore(new AlignmentLoss(l2Before, 0.5, l2Before + 0.5))
                .setAfter(new AlignmentLoss(l2After, 0.25, l2After + 0.25)).build();
    }

    private static ModelScore score(EvaluatedModel model, double nll, double exactMatch) {
        return new ModelScore(model, nll, Math.exp(nll), exactMatch, 5, exactMatch < 0 ? 0 : 5, 50L, -1.0, 0);
    }

    /** Two rounds of three clients: in the first one is rejected, in the second one leaves and is missed. */
    static Script whole() {
        return new Script("anna", "ben", "cleo")
                .workerStarted().joined("anna").joined("ben").joined("cleo")
                .submitted().accepted().works(TaskKind.COMPRESS, "compress", "align", 2, 3).compressed()
                .opened(1, 1, "anna", "ben", "cleo")
                .progressed(1, "anna", 1).progressed(1, "ben", 1).progressed(1, "anna", 10).sent(1, "anna")
                .accepted(1, "anna", 100, 2.0).reported(1, "anna", 300, 700)
                .rejected(1, "cleo", RejectReason.NORM_EXCEEDED, "norm 812.5 is over 5.0")
                .refused(1, "ben", RejectReason.BAD_SIGNATURE, "not signed by ben-1")
                .sent(1, "ben").accepted(1, "ben", 300, 1.0).reported(1, "ben", 300, 700)
                .closed(1, CloseReason.ALL_IN, Map.of("anna", 100.0, "ben", 300.0)).published(1)
                .evaluated(1, 1.5).aligned(1, 2, 1.5, 0.75)
                .opened(2, 1, "anna", "ben", "cleo")
                .progressed(2, "cleo", 4).left("cleo")
                .accepted(2, "anna", 100, 1.5).reported(2, "anna", 310, 900)
                .accepted(2, "ben", 300, 0.5).reported(2, "ben", 310, 900)
                .closed(2, CloseReason.DEADLINE, Map.of("anna", 100.0, "ben", 300.0)).published(2)
                .evaluated(2, 1.25).exported().scored("anna").scored("ben")
                .deadLetter("hash does not match").ended(RunOutcome.COMPLETED, "");
    }
}
