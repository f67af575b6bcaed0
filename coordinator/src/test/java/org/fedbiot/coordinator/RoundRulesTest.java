package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AdapterRefused;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateWeights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RoundRulesTest {

    private static final String RUN = "run";
    private static final DeadlineReached DEADLINE = new DeadlineReached(RUN, 1, Recording.NOW + 1_000);

    private final RunSpec spec = Specs.spec(RUN);

    @Test
    void shouldAnnounceKeysVersionsAndDeadlineOfTheOpeningInput() {
        // Given
        Recording recording = Recording.withClients("anna", "ben", "cleo");
        recording.feed(new RunSubmitted(spec));
        recording.feed(Inputs.adapter(RUN, 0));

        // When: the cut comes after the adapter that belongs to it
        RoundOpened opened = last(recording.feed(Inputs.compressed(RUN), 77_000), RoundOpened.class);

        // Then
        assertThat(opened.getDeadlineMillis()).isEqualTo(78_000);
        assertThat(opened.getAdapterSha256()).isEqualTo(Inputs.adapterSha256(0));
        assertThat(opened.getEmulatorSha256()).isEqualTo(Inputs.emulatorSha256(0));
        assertThat(opened.getAdapterElements()).isEqualTo(Inputs.ELEMENTS);
        assertThat(opened.getSeed()).isEqualTo(spec.getSeed());
        assertThat(opened.getCalled()).allSatisfy(called ->
                assertThat(called.getPublicKey()).isEqualTo(Inputs.key(called.getClientId()).getPublicKey()));
    }

    @Test
    void shouldNotCallAClientThatLeft() {
        // Given
        Recording recording = Recording.withClients("anna", "ben", "cleo");
        recording.feed(Inputs.leaving("anna"));
        recording.feed(new RunSubmitted(spec));
        recording.feed(Inputs.compressed(RUN));

        // When
        List<SpecificRecord> decisions = recording.feed(Inputs.adapter(RUN, 0));

        // Then
        assertThat(Lines.of(decisions)).isEqualTo("+AdapterPublished, open 1 a0 e0 [ben, cleo] until 6000");
    }

    @Test
    void shouldCallASeededSampleThatChangesWithTheRound() {
        // Given
        List<String> clients = List.of("anna", "ben", "cleo", "dora", "emil", "fred");
        Set<List<String>> samples = new HashSet<>();

        for (int round = 1; round <= 20; round++) {
            // When
            List<String> sample = ClientSample.of(7, round, 1, clients, 3);
            List<String> shuffled = new ArrayList<>(clients);
            Collections.shuffle(shuffled, new Random(round));

            // Then
            assertThat(sample).hasSize(3).isSorted().isSubsetOf(clients)
                    .isEqualTo(ClientSample.of(7, round, 1, shuffled, 3));
            samples.add(sample);
        }
        assertThat(samples).hasSizeGreaterThan(5);
        assertThat(ClientSample.of(7, 1, 1, clients, 0)).isEqualTo(clients);
    }

    @Test
    void shouldCloseTheSameWhateverOrderTheVerdictsComeIn() {
        // Given
        List<String> clients = List.of("anna", "ben", "cleo");
        Set<RoundClosed> closes = new HashSet<>();

        for (int seed = 0; seed < 30; seed++) {
            List<SpecificRecord> inputs = new ArrayList<>();
            for (String client : clients) {
                inputs.add(Inputs.accepted(RUN, 1, client));
                inputs.add(Inputs.accepted(RUN, 1, client));
                inputs.add(Inputs.rejected(RUN, 1, client, RejectReason.CONFLICT));
                inputs.add(Inputs.accepted(RUN, 2, client));
            }
            Collections.shuffle(inputs, new Random(seed));
            Recording recording = Recording.inRoundOne(spec);

            // When
            recording.feedAll(inputs);

            // Then
            recording.log().stream().filter(RoundClosed.class::isInstance).map(RoundClosed.class::cast)
                    .forEach(closes::add);
            assertThat(Recording.fold(recording.log())).isEqualTo(recording.state());
        }
        assertThat(closes).singleElement().satisfies(closed -> assertThat(closed.getCounted())
                .extracting(CountedUpdate::getClientId).isEqualTo(clients));
    }

    @ParameterizedTest
    @CsvSource({"DATASET, 10, 30", "PROCESSED, 8, 4", "UNIFORM, 1, 1"})
    void shouldWeighUpdatesAsTheRunSays(UpdateWeights weights, double anna, double ben) {
        // Given
        Recording recording = Recording.inRoundOne(Specs.with(spec, "aggregation.weights", weights));
        recording.feed(Inputs.clientFailed(RUN, 1, "cleo"));
        recording.feed(Inputs.accepted(RUN, 1, "ben", 30, 4));

        // When
        RoundClosed closed = last(recording.feed(Inputs.accepted(RUN, 1, "anna", 10, 8)), RoundClosed.class);

        // Then
        assertThat(closed.getCounted()).extracting(update -> entry(update.getClientId(), update.getWeight()))
                .containsExactly(entry("anna", anna), entry("ben", ben));
        assertThat(closed.getCounted().get(0).getShardSha256())
                .isEqualTo(Inputs.accepted(RUN, 1, "anna").getShardSha256());
        assertThat(closed.getReason()).isEqualTo(CloseReason.ALL_IN);
    }

    @Test
    void shouldFailWhereNothingThatCountsHasAWeight() {
        // Given
        Recording recording = Recording.inRoundOne(spec);
        recording.feed(Inputs.accepted(RUN, 1, "anna", 0, 1));
        recording.feed(Inputs.accepted(RUN, 1, "ben", 0, 1));

        // When
        RunEnded ended = last(recording.feed(Inputs.accepted(RUN, 1, "cleo", 0, 1)), RunEnded.class);

        // Then
        assertThat(ended.getOutcome()).isEqualTo(RunOutcome.FAILED);
        assertThat(ended.getReason()).contains("round 1", "DATASET");
    }

    @Test
    void shouldCloseAtTheDeadlineWithAQuorum() {
        // Given
        Recording recording = Recording.inRoundOne(spec);
        recording.feed(Inputs.accepted(RUN, 1, "cleo"));
        recording.feed(Inputs.accepted(RUN, 1, "anna"));

        // When
        List<SpecificRecord> decisions = recording.feed(DEADLINE);

        // Then
        assertThat(Lines.of(decisions)).isEqualTo("+DeadlineReached, close 1 a0->a1 DEADLINE [anna, cleo]");
    }

    @Test
    void shouldFailAtTheDeadlineWithoutAQuorum() {
        // Given
        Recording recording = Recording.inRoundOne(spec);
        recording.feed(Inputs.accepted(RUN, 1, "cleo"));

        // When
        RunEnded ended = last(recording.feed(DEADLINE), RunEnded.class);

        // Then
        assertThat(ended.getOutcome()).isEqualTo(RunOutcome.FAILED);
        assertThat(ended.getReason()).contains("round 1", "anna", "ben", "quorum of 2").doesNotContain("cleo");
    }

    @Test
    void shouldNotTakeADeadlineForAnother() {
        // Given
        Recording recording = Recording.inRoundOne(spec);

        // When
        List<SpecificRecord> decisions = new ArrayList<>();
        decisions.addAll(recording.feed(new DeadlineReached(RUN, 2, DEADLINE.getDeadlineMillis())));
        decisions.addAll(recording.feed(new DeadlineReached(RUN, 1, DEADLINE.getDeadlineMillis() - 1)));
        decisions.addAll(recording.feed(new DeadlineReached(RUN, 0, DEADLINE.getDeadlineMillis())));

        // Then
        assertThat(decisions).isEmpty();
        assertThat(recording.state().deadlines()).containsExactly(DEADLINE);
    }

    @Test
    void shouldNameTheClientsThatFailedButNotTheirWords() {
        // Given
        Recording recording = Recording.inRoundOne(spec);
        recording.feed(Inputs.clientFailed(RUN, 1, "ben"));

        // When
        RunEnded ended = last(recording.feed(Inputs.clientFailed(RUN, 1, "anna")), RunEnded.class);

        // Then: the end is announced to every client
        assertThat(ended.getOutcome()).isEqualTo(RunOutcome.FAILED);
        assertThat(ended.getReason()).contains("round 1", "anna", "ben", "quorum of 2")
                .doesNotContain("cleo").doesNotContain("no memory");
    }

    @Test
    void shouldCountAnUpdateThatIsAcceptedAfterItsClientGaveUp() {
        // Given
        Recording recording = Recording.inRoundOne(spec);
        recording.feed(Inputs.clientFailed(RUN, 1, "ben"));
        recording.feed(Inputs.accepted(RUN, 1, "ben"));
        recording.feed(Inputs.accepted(RUN, 1, "anna"));

        // When
        List<SpecificRecord> decisions = recording.feed(Inputs.accepted(RUN, 1, "cleo"));

        // Then
        assertThat(Lines.of(decisions)).endsWith("close 1 a0->a1 ALL_IN [anna, ben, cleo]");
    }

    @ParameterizedTest
    @EnumSource
    void shouldStopWaitingOnlyForWhatTheClientItselfGotWrong(RejectReason reason) {
        // Given
        Set<RejectReason> own = Set.of(RejectReason.WRONG_BASE_VERSION, RejectReason.WRONG_CODEC,
                RejectReason.WRONG_SHAPE, RejectReason.NOT_FINITE, RejectReason.NORM_EXCEEDED);
        Recording recording = Recording.inRoundOne(spec);
        recording.feed(Inputs.accepted(RUN, 1, "anna"));
        recording.feed(Inputs.accepted(RUN, 1, "ben"));

        // When
        List<SpecificRecord> decisions = recording.feed(Inputs.rejected(RUN, 1, "cleo", reason));

        // Then
        assertThat(Lines.of(decisions)).isEqualTo(own.contains(reason)
                ? "+UpdateRejected, close 1 a0->a1 ALL_IN [anna, ben]" : "");
    }

    @Test
    void shouldIgnoreUpdatesOfClientsThatWereNotCalled() {
        // Given
        Recording recording = Recording.inRoundOne(spec);

        // When
        List<SpecificRecord> decisions = recording.feed(Inputs.accepted(RUN, 1, "mallory"));

        // Then
        assertThat(decisions).isEmpty();
    }

    @Test
    void shouldRefuseAVerdictWithTheWrongShardCount() {
        // Given
        Recording recording = Recording.inRoundOne(spec);
        UpdateAccepted update = UpdateAccepted.newBuilder(Inputs.accepted(RUN, 1, "anna"))
                .setShardSha256(List.of()).build();

        // When, then
        assertThatThrownBy(() -> recording.feed(update)).isInstanceOf(UnusableInputException.class)
                .hasMessageContainingAll(RUN, "round 1", "anna", "0 shards of 1");
    }

    @Test
    void shouldFailOnAnAdapterOfTheWrongSize() {
        // Given
        Recording recording = Recording.inRoundOne(spec);
        for (String client : List.of("anna", "ben", "cleo")) {
            recording.feed(Inputs.accepted(RUN, 1, client));
        }
        SpecificRecord wrong = AdapterPublished.newBuilder(Inputs.adapter(RUN, 1))
                .setElements(Inputs.ELEMENTS - 1).build();

        // When
        List<SpecificRecord> decisions = recording.feed(wrong);

        // Then
        assertThat(Lines.of(decisions)).isEqualTo("ended FAILED a0");
    }

    private static <E extends SpecificRecord> E last(List<SpecificRecord> decisions, Class<E> type) {
        assertThat(decisions).isNotEmpty().last().isInstanceOf(type);
        return type.cast(decisions.get(decisions.size() - 1));
    }

    @ParameterizedTest
    @EnumSource(HappyRun.Stage.class)
    void shouldEndARunThatWaitsForAVersionThatCannotBe(HappyRun.Stage stage) {
        // Given the version that the run waits for, if it waits for one
        Recording recording = stage.reached();
        Phase phase = recording.phase(HappyRun.RUN);
        int awaited = phase instanceof Phase.Folding folding ? folding.closed().getNewAdapterVersion() : 0;
        boolean waits = phase instanceof Phase.Folding
                || phase instanceof Phase.Compressing compressing && compressing.initial().isEmpty();

        // When
        recording.feed(new AdapterRefused(HappyRun.RUN, awaited + 1, awaited + 1, "another version"));
        assertThat(recording.phase(HappyRun.RUN)).isEqualTo(phase);
        List<SpecificRecord> decisions = recording.feed(
                new AdapterRefused(HappyRun.RUN, awaited, awaited, "WRONG_SHAPE: shard 1"));

        // Then
        if (!waits) {
            assertThat(decisions).isEmpty();
            return;
        }
        assertThat(decisions).hasSize(2).last().isInstanceOfSatisfying(RunEnded.class, ended -> {
            assertThat(ended.getOutcome()).isEqualTo(RunOutcome.FAILED);
            assertThat(ended.getReason()).isEqualTo(
                    "adapter version " + awaited + " cannot be published: WRONG_SHAPE: shard 1");
        });
        assertThat(recording.state()).isEqualTo(Recording.fold(recording.log()));
    }
}
