package org.fedbiot.cli.experiment.report;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.experiment.Cell;
import org.fedbiot.cli.experiment.CellResult;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.settings.SettingsTree;
import org.fedbiot.cli.simulation.RunPlan;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AlignmentLoss;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.ExportResult;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerData;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.ServerTaskProgressed;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/**
 * A made-up cell: a run of two rounds of 5 steps with clients anna and ben, one event a second. Anna sends 300 and
 * fetches 700 bytes a round, ben 301 and 702. The first alignment has 50 steps, the one before round 2 has 5.
 */
final class MadeRun {

    private static final List<String> CLIENTS = List.of("anna", "ben");
    private static final long START = 1_767_323_000_000L;

    private final Cell cell;
    private final Map<EvaluatedModel, Double> nll = new EnumMap<>(Map.of(EvaluatedModel.RAW_FULL, 10.0,
            EvaluatedModel.RAW_COMPRESSED, 11.0, EvaluatedModel.ADAP_EMU, 1.0, EvaluatedModel.ADAP_FU, 2.0));
    private final Map<EvaluatedModel, Double> exactMatch = new EnumMap<>(EvaluatedModel.class);
    private final Map<EvaluatedModel, Double> parses = new EnumMap<>(EvaluatedModel.class);
    private final List<RunRecord.Entry> log = new ArrayList<>();
    private RunOutcome outcome = RunOutcome.COMPLETED;
    private double l2 = 0.5;

    private MadeRun(Cell cell) {
        this.cell = cell;
    }

    static MadeRun of(String method, Map<String, String> point, long seed) {
        return of(method, point, seed, "");
    }

    static MadeRun of(String method, Map<String, String> point, long seed, String part) {
        return new MadeRun(cell(method, point, seed, part));
    }

    static Cell cell(String method, Map<String, String> point, long seed, String part) {
        return new Cell(method + "-" + String.join("-", point.values()) + "-s" + seed + part, method, point, seed, part,
                Map.of());
    }

    static CellResult missing(String method, Map<String, String> point, long seed, String problem) {
        return new CellResult(cell(method, point, seed, ""), Optional.empty(), problem);
    }

    MadeRun nll(EvaluatedModel model, double value) {
        nll.put(model, value);
        return this;
    }

    MadeRun exactMatch(EvaluatedModel model, double share) {
        exactMatch.put(model, share);
        return this;
    }

    MadeRun parses(EvaluatedModel model, double share) {
        parses.put(model, share);
        return this;
    }

    /** On held-out public text after the last alignment; KL is half of it. */
    MadeRun l2(double value) {
        l2 = value;
        return this;
    }

    MadeRun ended(RunOutcome how) {
        outcome = how;
        return this;
    }

    CellResult done() {
        return new CellResult(cell, Optional.of(record()), "");
    }

    /** Topics are read side by side: the same log with its topics in another order. */
    CellResult doneByTopic() {
        RunRecord run = new RunRecord(cell.id());
        record().entries().stream().sorted((one, other) -> other.topic().compareTo(one.topic())).forEach(run::add);
        return new CellResult(cell, Optional.of(run), "");
    }

    private RunRecord record() {
        log.clear();
        decide(new RunAccepted(cell.id(), spec(), List.of(0, 1, 8), 0.9));
        assigned(TaskKind.COMPRESS, "compress", 0);
        progressed("load");
        progressed("align");
        progressed("publish");
        decide(done(TaskKind.COMPRESS, "compress", 4_500).setAlignment(alignment(0, 50, 2.0))
                .setCompression(CompressionResult.newBuilder().setModelSha256("ab").setBaseSha256("b")
                        .setBootstrapBytes(4_000).setHeldParameters(900).setTotalParameters(1_500)
                        .setAdapterElements(10).setAdapterShards(1).setEmulatorElements(20).build()).build());
        round(1);
        assigned(TaskKind.ALIGN, "align-1", 2);
        decide(done(TaskKind.ALIGN, "align-1", 700).setAlignment(alignment(1, 5, l2)).build());
        round(2);
        assigned(TaskKind.EVALUATE, "evaluate-2", 2);
        decide(done(TaskKind.EVALUATE, "evaluate-2", 800).setEvaluation(new EvaluationResult(2, 1,
                nll.keySet().stream().map(this::score).toList())).build());
        assigned(TaskKind.EXPORT, "export-2", 2);
        decide(done(TaskKind.EXPORT, "export-2", 900).setExport(new ExportResult(2, "a", "m")).build());
        decide(RunEnded.newBuilder().setRunId(cell.id()).setOutcome(outcome).setReason("as planned")
                .setAdapterVersion(2).setAdapterSha256("a2").build());
        RunRecord run = new RunRecord(cell.id());
        log.forEach(run::add);
        return run;
    }

    private void on(Topic topic, SpecificRecord event) {
        log.add(new RunRecord.Entry(topic.name(), 0, log.size(), START + 1_000L * log.size(), event));
    }

    private void decide(SpecificRecord event) {
        on(Topics.DECISION, event);
    }

    private void assigned(TaskKind kind, String task, int round) {
        decide(ServerTaskAssigned.newBuilder().setRunId(cell.id()).setTaskId(task).setKind(kind).setRound(round)
                .setSpec(spec()).build());
    }

    private void progressed(String phase) {
        on(Topics.PROCESS_STATUS, ServerTaskProgressed.newBuilder().setRunId(cell.id()).setTaskId("compress")
                .setKind(TaskKind.COMPRESS).setWorker("server-1").setPhase(phase).setStep(0).setSteps(0).setLoss(0)
                .build());
    }

    private void round(int round) {
        RunSpec spec = spec();
        decide(RoundOpened.newBuilder().setRunId(cell.id()).setRound(round).setBaseSha256("b")
                .setAdapterVersion(round - 1).setAdapterSha256("a" + (round - 1)).setEmulatorVersion(round - 1)
                .setEmulatorSha256("e").setAdapterElements(10).setAdapterShards(1)
                .setCalled(CLIENTS.stream().map(client -> new CalledClient(client, "key", ByteBuffer.allocate(0)))
                        .toList())
                .setQuorum(1).setDeadlineMillis(START + 600_000).setSeed(cell.seed()).setLora(spec.getLora())
                .setTraining(spec.getTraining()).setAggregation(spec.getAggregation()).setText(spec.getText())
                .setClientThreads(1).build());
        for (int client = 0; client < CLIENTS.size(); client++) {
            decide(new UpdateAccepted(cell.id(), round, CLIENTS.get(client), "u", List.of("u"), 100, 20, 1.25,
                    0.5 + client, 3.0, 0.25));
            on(Topics.CLIENT_PRESENCE, ClientReported.newBuilder().setRunId(cell.id()).setRound(round)
                    .setClientId(CLIENTS.get(client)).setBaseSha256("b").setAdapterSha256("a" + (round - 1))
                    .setEmulatorSha256("e").setBytesUp(300 + client).setBytesDown(700 + 2L * client)
                    .setBootstrapBytes(4_100).setTrainingMillis(250).build());
        }
        decide(RoundClosed.newBuilder().setRunId(cell.id()).setRound(round).setAdapterVersion(round - 1)
                .setAdapterSha256("a" + (round - 1)).setNewAdapterVersion(round).setAdapterElements(10)
                .setAdapterShards(1).setAggregation(spec.getAggregation()).setReason(CloseReason.ALL_IN)
                .setCounted(CLIENTS.stream().map(client -> new CountedUpdate(client, "u", List.of("u"), 1.0)).toList())
                .build());
        decide(new AdapterPublished(cell.id(), round, round, "a" + round, 10, List.of()));
    }

    private ServerTaskCompleted.Builder done(TaskKind kind, String task, long millis) {
        return ServerTaskCompleted.newBuilder().setRunId(cell.id()).setTaskId(task).setKind(kind).setWorker("server-1")
                .setDurationMillis(millis);
    }

    private static AlignmentResult alignment(int version, int steps, double after) {
        return AlignmentResult.newBuilder().setEmulatorVersion(version).setEmulatorSha256("e")
                .setAdapterVersion(version).setSteps(steps).setBefore(new AlignmentLoss(3.0, 1.5, 4.5))
                .setAfter(new AlignmentLoss(after, after / 2, after * 1.5)).build();
    }

    private ModelScore score(EvaluatedModel model) {
        boolean generated = exactMatch.containsKey(model);
        return new ModelScore(model, nll.get(model), Math.exp(nll.get(model)),
                generated ? exactMatch.get(model) : -1.0, 40, generated ? 30 : 0, 50L,
                parses.getOrDefault(model, -1.0), parses.containsKey(model) ? 20 : 0);
    }

    private RunSpec spec() {
        RunSettings settings = RunSettings.of(SettingsTree.ofPreset("any").with(Map.of("federation.clients",
                "[anna, ben]", "federation.rounds", "2", "training.steps", "5")));
        return RunSpec.newBuilder().setRunId(cell.id()).setSeed(cell.seed())
                .setModel(ModelSpec.newBuilder().setName("tiny").setLocation("tiny").setSha256("ab".repeat(32))
                        .setDataType(DataType.FLOAT32).setLayers(12).setLayerParameters(100).setOtherParameters(300)
                        .build())
                .setSplit(RunPlan.split(settings.split(), 12)).setLora(settings.lora())
                .setAlignment(settings.alignment()).setTraining(settings.training())
                .setAggregation(settings.aggregation())
                .setFederation(FederationSettings.newBuilder(settings.federation()).setClients(CLIENTS).build())
                .setText(settings.text())
                .setServerData(ServerData.newBuilder().setPublicLocation("").setEvaluationLocation("").build())
                .setEvaluation(settings.evaluation()).setResources(settings.resources())
                .setExposure(settings.exposure()).build();
    }

    static List<CellResult> shuffled(List<CellResult> results) {
        List<CellResult> other = new ArrayList<>(results);
        Collections.shuffle(other, new Random(3));
        return other;
    }
}
