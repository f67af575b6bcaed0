package org.fedbiot.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AlignmentLoss;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.CompressionResult;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.EvaluationResult;
import org.fedbiot.schemas.event.ExportResult;
import org.fedbiot.schemas.event.ModelScore;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

class RunRecordTest {

    private final RunRecord run = new RunRecord("run-1");

    @Test
    void shouldReportAFinishedRunFromItsEvents() {
        whole().forEach(event -> add(event, 1_000));
        add(ended("run-1"), 61_000);

        QuickstartReport report = QuickstartReport.of(run, 7, "record");

        assertThat(report.seconds()).isEqualTo(60.0);
        assertThat(report.bootstrapBytes()).isEqualTo(4_000);
        assertThat(report.exposedShare()).isEqualTo(0.8);
        assertThat(report.alignment()).containsExactly(new QuickstartReport.Alignment(0, 0.5, 0.25));
        assertThat(report.rounds()).singleElement().satisfies(round ->
                assertThat(round.clients()).containsExactly(new QuickstartReport.Client("cafe", 0.75, 480, 300, 700)));
        assertThat(report.evaluation().adapFu())
                .isEqualTo(new QuickstartReport.Score(0.5, Math.exp(0.5), 0.7, null));
        assertThat(report.evaluation().rawFull().exactMatch()).as("nothing was generated").isNull();
    }

    @Test
    void shouldPassOverOtherRuns() {
        add(ended("run-2"), 5);

        assertThat(run.entries()).isEmpty();
        assertThat(run.ended()).isEmpty();
    }

    @Test
    void shouldNotReportARunThatDidNotFinish() {
        add(ended("run-1"), 5);

        assertThatThrownBy(() -> QuickstartReport.of(run, 0, "record")).hasMessageContaining("run-1");
    }

    private void add(SpecificRecord event, long atMillis) {
        run.add(new RunRecord.Entry(Topics.DECISION.name(), 0, run.entries().size(), atMillis, event));
    }

    private static RunEnded ended(String runId) {
        return RunEnded.newBuilder().setRunId(runId).setOutcome(RunOutcome.COMPLETED).build();
    }

    private static List<SpecificRecord> whole() {
        AlignmentLoss before = new AlignmentLoss(0.25, 0.25, 0.5);
        AlignmentLoss after = new AlignmentLoss(0.125, 0.125, 0.25);
        return List.of(
                task(TaskKind.COMPRESS)
                        .setCompression(new CompressionResult("model", "base", 4_000L, 80L, 100L, 10, 1, 20))
                        .setAlignment(AlignmentResult.newBuilder().setEmulatorVersion(0).setEmulatorSha256("e")
                                .setAdapterVersion(0).setSteps(3).setBefore(before).setAfter(after).build())
                        .build(),
                UpdateAccepted.newBuilder().setRunId("run-1").setRound(1).setClientId("cafe").setUpdateSha256("u")
                        .setShardSha256(List.of("u")).setDatasetSamples(300).setProcessedSamples(480).setNorm(1)
                        .setMeanLoss(0.75).setFirstLoss(1).setLastLoss(0.5).build(),
                ClientReported.newBuilder().setRunId("run-1").setRound(1).setClientId("cafe").setBaseSha256("base")
                        .setAdapterSha256("a").setEmulatorSha256("e").setBytesUp(300).setBytesDown(700)
                        .setBootstrapBytes(4_000).setTrainingMillis(9).build(),
                AdapterPublished.newBuilder().setRunId("run-1").setVersion(1).setRound(1).setSha256("b")
                        .setElements(10).setShards(List.of()).build(),
                task(TaskKind.EVALUATE)
                        .setEvaluation(new EvaluationResult(1, 0, List.of(
                                score(EvaluatedModel.RAW_FULL, -1), score(EvaluatedModel.RAW_COMPRESSED, 0),
                                score(EvaluatedModel.ADAP_EMU, 0.8), score(EvaluatedModel.ADAP_FU, 0.7))))
                        .build(),
                task(TaskKind.EXPORT).setExport(new ExportResult(1, "adapter", "merged")).build());
    }

    private static ServerTaskCompleted.Builder task(TaskKind kind) {
        return ServerTaskCompleted.newBuilder().setRunId("run-1").setTaskId(kind.name()).setKind(kind)
                .setWorker("server-1").setDurationMillis(1_000);
    }

    private static ModelScore score(EvaluatedModel model, double exactMatch) {
        return new ModelScore(model, 0.5, Math.exp(0.5), exactMatch, 10, exactMatch < 0 ? 0 : 10, 100L, -1.0, 0);
    }
}
