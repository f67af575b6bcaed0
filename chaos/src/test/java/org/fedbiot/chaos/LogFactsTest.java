package org.fedbiot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AggregationSettings;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.junit.jupiter.api.Test;

/** What a log must not say, made by hand: a harness that finds nothing proves nothing. */
class LogFactsTest {

    @Test
    void shouldFindWhatWasDoneTwice() {
        List<SpecificRecord> others = new ArrayList<>(good());
        others.add(accepted(1, "anna"));
        others.add(adapter(1, "b"));

        assertThat(LogFacts.of(List.of(), others, 1).problems())
                .contains("accepted 2 times: 1/anna", "adapter version 1 was published twice");
    }

    @Test
    void shouldFindWhatIsMissing() {
        assertThat(LogFacts.of(List.of(), List.of(adapter(0, "a"), accepted(1, "bert")), 1).problems())
                .contains("the run did not complete", "rounds closed: []", "adapter versions: [0]",
                        "accepted: [1/bert]");
    }

    @Test
    void shouldFindWhatWasRejected() {
        List<SpecificRecord> others = new ArrayList<>(good());
        others.add(UpdateRejected.newBuilder().setRunId(TrialFiles.RUN_ID).setRound(1).setClientId("anna")
                .setUpdateSha256("").setReason(RejectReason.CONFLICT).setDetail("another").build());

        assertThat(LogFacts.of(List.of(), others, 1).problems())
                .contains("update of anna in round 1 was rejected: CONFLICT another");
    }

    @Test
    void shouldFindADecisionLogThatDoesNotFold() {
        SpecificRecord closedBeforeOpened = RoundClosed.newBuilder().setRunId(TrialFiles.RUN_ID).setRound(1)
                .setAdapterVersion(0).setAdapterSha256("a").setNewAdapterVersion(1).setAdapterElements(1)
                .setAdapterShards(1)
                .setAggregation(AggregationSettings.newBuilder().build())
                .setReason(CloseReason.ALL_IN).setCounted(List.of()).build();

        assertThat(LogFacts.of(List.of(closedBeforeOpened), good(), 1).problems())
                .anySatisfy(problem -> assertThat(problem).startsWith("the decision log does not fold"));
    }

    @Test
    void shouldCallVersionsEqualOnlyIfEveryHashIs() {
        LogFacts reference = LogFacts.of(List.of(), good(), 1);
        List<SpecificRecord> otherAdapter = List.of(adapter(0, "a"), adapter(1, "x"), emulator("e"));
        List<SpecificRecord> otherEmulator = List.of(adapter(0, "a"), adapter(1, "b"), emulator("x"));

        assertThat(reference.equalTo(LogFacts.of(List.of(), good(), 1))).isTrue();
        assertThat(reference.equalTo(LogFacts.of(List.of(), otherAdapter, 1))).isFalse();
        assertThat(reference.equalTo(LogFacts.of(List.of(), otherEmulator, 1))).isFalse();
    }

    private static List<SpecificRecord> good() {
        return List.of(adapter(0, "a"), adapter(1, "b"), emulator("e"), emulator("e"), accepted(1, "anna"),
                accepted(1, "bert"));
    }

    private static SpecificRecord adapter(int version, String sha256) {
        return AdapterPublished.newBuilder().setRunId(TrialFiles.RUN_ID).setVersion(version).setRound(version)
                .setSha256(sha256).setElements(1).setShards(List.of()).build();
    }

    private static SpecificRecord emulator(String sha256) {
        return EmulatorPublished.newBuilder().setRunId(TrialFiles.RUN_ID).setVersion(0).setSha256(sha256)
                .setBaseSha256("base").setAdapterVersion(0).setElements(1).setChunks(List.of()).build();
    }

    private static SpecificRecord accepted(int round, String client) {
        return UpdateAccepted.newBuilder().setRunId(TrialFiles.RUN_ID).setRound(round).setClientId(client)
                .setUpdateSha256(client).setShardSha256(List.of()).setDatasetSamples(1).setProcessedSamples(1)
                .setNorm(1).setMeanLoss(1).setFirstLoss(1).setLastLoss(1).build();
    }
}
