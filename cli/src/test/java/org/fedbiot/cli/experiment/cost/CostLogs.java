package org.fedbiot.cli.experiment.cost;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AlignmentLoss;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.UpdateAccepted;

/** Decisions of runs of {@link CostSpecs}. */
final class CostLogs {

    private CostLogs() {
    }

    /** All three clients hand in to both, and the emulator is aligned in between. */
    static List<SpecificRecord> twoRounds() {
        List<SpecificRecord> log = new ArrayList<>(List.of(compressed(), opened(1, 1, 0, 0)));
        Stream.of("cleo", "anna", "ben").forEach(client -> log.add(accepted(1, client)));
        log.addAll(List.of(closed(1), evaluated(1, 2.0), aligned(), opened(2, 1, 1, 1)));
        Stream.of("ben", "cleo", "anna").forEach(client -> log.add(accepted(2, client)));
        log.addAll(List.of(closed(2), evaluated(2, 1.5)));
        return log;
    }

    static ServerTaskCompleted compressed() {
        return task(TaskKind.COMPRESS).setAlignment(alignment(0, 4)).build();
    }

    static ServerTaskCompleted aligned() {
        return task(TaskKind.ALIGN).setAlignment(alignment(1, 2)).build();
    }

    static AlignmentResult alignment(int version, int steps) {
        AlignmentLoss loss = new AlignmentLoss(1.0, 1.0, 2.0);
        return AlignmentResult.newBuilder().setEmulatorVersion(version).setEmulatorSha256("").setAdapterVersion(version)
                .setSteps(steps).setBefore(loss).setAfter(loss).build();
    }

    static ServerTaskCompleted evaluated(int adapter, double nll) {
        return task(TaskKind.EVALUATE).setEvaluation(new EvaluationResult(adapter, adapter, List.of(
                score(EvaluatedModel.RAW_FULL, 3), score(EvaluatedModel.ADAP_FU, nll),
                score(EvaluatedModel.ADAP_EMU, 0.1)))).build();
    }

    static ModelScore score(EvaluatedModel model, double nll) {
        return ModelScore.newBuilder().setModel(model).setNll(nll).setPerplexity(Math.exp(nll)).setExactMatch(0)
                .setRecords(1).setExactMatchRecords(1).setTokens(1).build();
    }

    static ServerTaskCompleted.Builder task(TaskKind kind) {
        return ServerTaskCompleted.newBuilder().setRunId("run").setTaskId("task").setKind(kind).setWorker("w")
                .setDurationMillis(123_456);
    }

    static RoundOpened opened(int round, int attempt, int adapter, int emulator) {
        RunSpec spec = CostSpecs.fedbiot();
        return RoundOpened.newBuilder().setRunId("run").setRound(round).setAttempt(attempt).setBaseSha256("")
                .setAdapterVersion(adapter).setAdapterSha256("").setEmulatorVersion(emulator).setEmulatorSha256("")
                .setAdapterElements(1).setAdapterShards(1).setCalled(Stream.of("anna", "ben", "cleo")
                        .map(client -> new CalledClient(client, client, ByteBuffer.allocate(1))).toList())
                .setQuorum(1).setDeadlineMillis(1_000).setSeed(1).setLora(spec.getLora())
                .setTraining(spec.getTraining()).setAggregation(spec.getAggregation()).setText(spec.getText())
                .setClientThreads(1).build();
    }

    static UpdateAccepted accepted(int round, String client) {
        return UpdateAccepted.newBuilder().setRunId("run").setRound(round).setClientId(client).setUpdateSha256("")
                .setShardSha256(List.of("")).setDatasetSamples(1).setProcessedSamples(1).setNorm(1).setMeanLoss(1)
                .setFirstLoss(1).setLastLoss(1).build();
    }

    static RoundClosed closed(int round) {
        return RoundClosed.newBuilder().setRunId("run").setRound(round).setAdapterVersion(round - 1)
                .setAdapterSha256("").setNewAdapterVersion(round).setAdapterElements(1).setAdapterShards(1)
                .setAggregation(CostSpecs.fedbiot().getAggregation()).setReason(CloseReason.ALL_IN)
                .setCounted(List.of()).build();
    }
}
