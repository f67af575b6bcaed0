package org.fedbiot.cli.runreport;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.settings.SettingsTree;
import org.fedbiot.cli.simulation.RunPlan;
import org.fedbiot.observer.LoggedEvent;
import org.fedbiot.observer.PictureFold;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AlignmentLoss;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.ModelSpec;
import org.fedbiot.schemas.event.RejectReason;
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
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/** The log of a run of two rounds, one event a second; a client with a hostile id is refused with hostile words. */
final class ShortRun {

    static final String RUN = "run-1";
    static final String HOSTILE = "</title><script>alert('1')</script>";
    static final String DETAIL = "norm \"900\", over 5\n<img src=x onerror=\"alert(1)\">&\u0000";
    /** Has no short form in decimal. */
    static final double LOSS = 0.1 + 0.2;
    private static final long START = 1_767_323_000_000L;
    private static final long SECOND = 1_000;

    private final List<LoggedEvent> log = new ArrayList<>();

    /** Asked for, and no more. */
    static ShortRun submitted() {
        ShortRun run = new ShortRun();
        run.on(Topics.COMMAND, new RunSubmitted(spec()));
        return run;
    }

    static ShortRun whole() {
        ShortRun run = submitted();
        run.decide(new RunAccepted(RUN, spec(), List.of(0, 1, 8), 0.75));
        run.assigned(TaskKind.COMPRESS, "compress", 0);
        run.decide(done(TaskKind.COMPRESS, "compress").setAlignment(alignment(0, 2.5, 1.5)).build());
        run.round(1, LOSS);
        run.assigned(TaskKind.ALIGN, "align-1", 2);
        run.decide(done(TaskKind.ALIGN, "align-1").setAlignment(alignment(1, 1.75, 0.5)).build());
        run.round(2, 0.125);
        run.assigned(TaskKind.EVALUATE, "evaluate-2", 2);
        run.decide(done(TaskKind.EVALUATE, "evaluate-2").setEvaluation(new EvaluationResult(2, 1, List.of(
                score(EvaluatedModel.RAW_FULL, 3.25), score(EvaluatedModel.RAW_COMPRESSED, 4),
                score(EvaluatedModel.ADAP_EMU, 2.5), generating(score(EvaluatedModel.ADAP_FU, 2.25))))).build());
        run.decide(RunEnded.newBuilder().setRunId(RUN).setOutcome(RunOutcome.COMPLETED).setAdapterVersion(2)
                .setAdapterSha256("a2").build());
        return run;
    }

    RunPicture picture() {
        return picture(log);
    }

    /** As it comes from topics that were read one after the other. */
    RunPicture pictureByTopic() {
        return picture(log.stream().sorted(Comparator.comparing(LoggedEvent::topic)).toList());
    }

    private static RunPicture picture(List<LoggedEvent> events) {
        PictureFold fold = new PictureFold();
        events.forEach(fold::add);
        return fold.picture().run(RUN).orElseThrow();
    }

    private void on(Topic topic, SpecificRecord event) {
        log.add(new LoggedEvent(topic.name(), 0, log.size(), START + SECOND * log.size(), event));
    }

    private void decide(SpecificRecord event) {
        on(Topics.DECISION, event);
    }

    private void assigned(TaskKind kind, String task, int round) {
        decide(ServerTaskAssigned.newBuilder().setRunId(RUN).setTaskId(task).setKind(kind).setRound(round)
                .setSpec(spec()).build());
    }

    /** Anna's update counts; in the first round the other's is refused. */
    private void round(int round, double loss) {
        RunSpec spec = spec();
        decide(RoundOpened.newBuilder().setRunId(RUN).setRound(round).setBaseSha256("b").setAdapterVersion(round - 1)
                .setAdapterSha256("a" + (round - 1)).setEmulatorVersion(round - 1).setEmulatorSha256("e")
                .setAdapterElements(10).setAdapterShards(1).setCalled(List.of(called("anna"), called(HOSTILE)))
                .setQuorum(1).setDeadlineMillis(START + 600 * SECOND).setSeed(7).setLora(spec.getLora())
                .setTraining(spec.getTraining()).setAggregation(spec.getAggregation()).setText(spec.getText())
                .setClientThreads(1).build());
        UpdateAccepted update = new UpdateAccepted(RUN, round, "anna", "u", List.of("u"), 100, 20, 1.25, loss, 3.0,
                0.25);
        on(Topics.UPDATE_VERDICT, update);
        decide(update);
        on(Topics.CLIENT_PRESENCE, ClientReported.newBuilder().setRunId(RUN).setRound(round).setClientId("anna")
                .setBaseSha256("b").setAdapterSha256("a" + (round - 1)).setEmulatorSha256("e").setBytesUp(300)
                .setBytesDown(700).setBootstrapBytes(4_000).setTrainingMillis(9).build());
        if (round == 1) {
            on(Topics.UPDATE_VERDICT, new UpdateRejected(RUN, round, HOSTILE, "f", RejectReason.BAD_SIGNATURE, "one"));
            on(Topics.UPDATE_VERDICT, new UpdateRejected(RUN, round, HOSTILE, "f", RejectReason.BAD_SIGNATURE, "two"));
            UpdateRejected refused = new UpdateRejected(RUN, round, HOSTILE, "u", RejectReason.NORM_EXCEEDED, DETAIL);
            on(Topics.UPDATE_VERDICT, refused);
            decide(refused);
        }
        decide(RoundClosed.newBuilder().setRunId(RUN).setRound(round).setAdapterVersion(round - 1)
                .setAdapterSha256("a" + (round - 1)).setNewAdapterVersion(round).setAdapterElements(10)
                .setAdapterShards(1).setAggregation(spec.getAggregation()).setReason(CloseReason.ALL_IN)
                .setCounted(List.of(new CountedUpdate("anna", "u", List.of("u"), 1.0))).build());
        decide(new AdapterPublished(RUN, round, round, "a" + round, 10, List.of()));
    }

    private static CalledClient called(String client) {
        return new CalledClient(client, "key", ByteBuffer.allocate(0));
    }

    private static ServerTaskCompleted.Builder done(TaskKind kind, String task) {
        return ServerTaskCompleted.newBuilder().setRunId(RUN).setTaskId(task).setKind(kind).setWorker("server-1")
                .setDurationMillis(800);
    }

    private static AlignmentResult alignment(int version, double before, double after) {
        return AlignmentResult.newBuilder().setEmulatorVersion(version).setEmulatorSha256("e")
                .setAdapterVersion(version).setSteps(2).setBefore(new AlignmentLoss(1.0, before - 1, before))
                .setAfter(new AlignmentLoss(0.5, after - 0.5, after)).build();
    }

    /** As one of programs of which four could be checked. */
    private static ModelScore generating(ModelScore score) {
        return ModelScore.newBuilder(score).setExactMatch(0.2).setExactMatchRecords(5).setParses(0.75)
                .setParsesRecords(4).build();
    }

    private static ModelScore score(EvaluatedModel model, double nll) {
        return new ModelScore(model, nll, 9.5, -1.0, 5, 0, 50L, -1.0, 0);
    }

    private static RunSpec spec() {
        RunSettings settings = RunSettings.of(SettingsTree.ofPreset("any").with(Map.of("federation.clients",
                "[anna]", "federation.rounds", "2")));
        return RunSpec.newBuilder().setRunId(RUN).setSeed(7)
                .setModel(ModelSpec.newBuilder().setName("tiny").setLocation("tiny").setSha256("ab".repeat(32))
                        .setDataType(DataType.FLOAT32).setLayers(12).setLayerParameters(100).setOtherParameters(300)
                        .build())
                .setSplit(RunPlan.split(settings.split(), 12)).setLora(settings.lora())
                .setAlignment(settings.alignment()).setTraining(settings.training())
                .setAggregation(settings.aggregation())
                .setFederation(FederationSettings.newBuilder(settings.federation())
                        .setClients(List.of("anna", HOSTILE)).build())
                .setText(settings.text())
                .setServerData(ServerData.newBuilder().setPublicLocation("").setEvaluationLocation("").build())
                .setEvaluation(settings.evaluation()).setResources(settings.resources())
                .setExposure(settings.exposure()).build();
    }
}
