package org.fedbiot.worker.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.EvaluationOpened;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.PromptTemplate;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.schemas.event.TrainingSettings;
import org.junit.jupiter.api.Test;

class AnnouncementTest {

    @Test
    void shouldConcernOnlyTheClientsThatAreCalled() {
        assertThat(concerns("anna", round("run", 1))).isTrue();
        assertThat(concerns("bert", round("run", 1))).isFalse();
        assertThat(concerns("anna", evaluation("run"))).isTrue();
        assertThat(concerns("bert", evaluation("run"))).isFalse();
        assertThat(concerns("anna", ended("run", RunOutcome.COMPLETED))).isFalse();
    }

    @Test
    void shouldLeaveARoundThatIsOver() {
        RoundOpened round = round("run", 2);

        assertThat(concerns("anna", round, round("run", 3))).isFalse();
        assertThat(concerns("anna", round, evaluation("run"))).isFalse();
        assertThat(concerns("anna", round, ended("run", RunOutcome.CANCELLED))).isFalse();
        assertThat(concerns("anna", round, ended("run", RunOutcome.COMPLETED))).isFalse();
    }

    @Test
    void shouldNotLeaveARoundForAnotherRunOrForItself() {
        RoundOpened round = round("run", 2);

        assertThat(concerns("anna", round, round("other", 3), evaluation("other"),
                ended("other", RunOutcome.FAILED))).isTrue();
        assertThat(concerns("anna", round, round("run", 2), round("run", 1))).isTrue();
    }

    @Test
    void shouldScoreForARunThatHasCompletedButNotForOneThatFailed() {
        EvaluationOpened evaluation = evaluation("run");

        assertThat(concerns("anna", evaluation, ended("run", RunOutcome.COMPLETED))).isTrue();
        assertThat(concerns("anna", evaluation, ended("run", RunOutcome.FAILED))).isFalse();
        assertThat(concerns("anna", evaluation, ended("run", RunOutcome.CANCELLED))).isFalse();
    }

    private static boolean concerns(String client, SpecificRecord event, SpecificRecord... later) {
        return new Announcement(event).concerns(client, List.of(later));
    }

    private static RoundOpened round(String runId, int round) {
        return RoundOpened.newBuilder().setRunId(runId).setRound(round).setBaseSha256("").setAdapterVersion(0)
                .setAdapterSha256("").setEmulatorVersion(0).setEmulatorSha256("").setAdapterElements(1)
                .setAdapterShards(1).setCalled(List.of(new CalledClient("anna", "key", ByteBuffer.allocate(1))))
                .setQuorum(1).setDeadlineMillis(0).setSeed(1).setLora(lora())
                .setTraining(TrainingSettings.newBuilder().setSteps(1).setBatchSize(1).setMicroBatchTokens(1)
                        .setLearningRate(1).build())
                .setAggregation(AggregationSettings.newBuilder().build()).setText(text()).setClientThreads(1).build();
    }

    private static EvaluationOpened evaluation(String runId) {
        return EvaluationOpened.newBuilder().setRunId(runId).setBaseSha256("").setAdapterVersion(0)
                .setAdapterSha256("").setEmulatorVersion(0).setEmulatorSha256("").setClients(List.of("anna"))
                .setLora(lora()).setText(text()).setBatchTokens(1).setClientThreads(1).build();
    }

    private static RunEnded ended(String runId, RunOutcome outcome) {
        return RunEnded.newBuilder().setRunId(runId).setOutcome(outcome).build();
    }

    private static LoraSettings lora() {
        return LoraSettings.newBuilder().setRank(1).setAlpha(1).setTargets(List.of("q")).build();
    }

    private static TextSettings text() {
        return TextSettings.newBuilder().setTemplate(PromptTemplate.PLAIN).setMaxTokens(8).build();
    }
}
