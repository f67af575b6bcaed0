package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.MissedQuorum;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.integrity.Sha256;
import org.junit.jupiter.api.Test;

/** Rounds that lack updates, where the run says that they are opened again. */
class ReopeningTest {

    private static final String RUN = "run";
    private static final long OPENED_AT = Recording.NOW;
    private static final long LATER = OPENED_AT + 50_000;
    private static final DeadlineReached DEADLINE = new DeadlineReached(RUN, 1, OPENED_AT + 1_000);

    private final RunSpec spec = Specs.with(Specs.spec(RUN), "federation.onMissedQuorum", MissedQuorum.REOPEN);

    @Test
    void shouldOpenTheSameRoundAgainAtTheDeadlineAndKeepWhatWasAccepted() {
        // Given
        Recording recording = Recording.inRoundOne(spec);
        RoundOpened first = opened(recording);
        recording.feed(Inputs.accepted(RUN, 1, "cleo"));

        // When
        List<SpecificRecord> reopened = recording.feed(DEADLINE, LATER);
        List<SpecificRecord> closed = recording.feed(Inputs.accepted(RUN, 1, "anna"), LATER);
        List<SpecificRecord> all = recording.feed(Inputs.accepted(RUN, 1, "ben"), LATER);

        // Then
        assertThat(Lines.of(reopened))
                .isEqualTo("+DeadlineReached, open 1 attempt 2 a0 e0 [anna, ben, cleo] until 56000");
        assertThat(RoundOpened.newBuilder((RoundOpened) reopened.get(1)).setAttempt(1)
                .setDeadlineMillis(first.getDeadlineMillis()).build()).isEqualTo(first);
        assertThat(Lines.of(closed)).isEqualTo("+UpdateAccepted");
        assertThat(Lines.of(all)).isEqualTo("+UpdateAccepted, close 1 a0->a1 ALL_IN [anna, ben, cleo]");
        assertThat(Recording.fold(recording.log())).isEqualTo(recording.state());
    }

    @Test
    void shouldPutOthersInThePlaceOfThoseWhoFailedAtOnce() {
        // Given two of four called
        Recording recording = called(2, 2, "anna", "ben", "cleo", "dora");
        List<String> first = clients(opened(recording));

        // When the first of them fails for good
        List<SpecificRecord> decisions = recording.feed(
                Inputs.rejected(RUN, 1, first.get(0), RejectReason.NOT_FINITE));

        // Then the other one stays and a seeded one of those not called before comes
        List<String> fresh = List.of("anna", "ben", "cleo", "dora").stream()
                .filter(client -> !first.contains(client))
                .min(Comparator.comparing(client -> Sha256.of(
                        ("fedbiot.call/7/1/2/" + client).getBytes(StandardCharsets.UTF_8)))).stream().toList();
        List<String> expected = new ArrayList<>(fresh);
        expected.add(first.get(1));
        assertThat(clients((RoundOpened) decisions.get(1))).containsExactlyInAnyOrderElementsOf(expected).isSorted();
        assertThat(Lines.of(decisions)).startsWith("+UpdateRejected, open 1 attempt 2 ");
    }

    @Test
    void shouldTryAFailedClientAgainOnlyWhereThereIsNoOtherAndTheDeadlineHasPassed() {
        // Given
        Recording recording = called(3, 3, "anna", "ben", "cleo");

        // When
        List<SpecificRecord> failed = recording.feed(Inputs.clientFailed(RUN, 1, "ben"));
        List<SpecificRecord> atDeadline = recording.feed(DEADLINE, LATER);

        // Then
        assertThat(Lines.of(failed)).isEqualTo("+ClientFailed");
        assertThat(Lines.of(atDeadline))
                .isEqualTo("+DeadlineReached, open 1 attempt 2 a0 e0 [anna, ben, cleo] until 56000");
        assertThat(round(recording).awaited()).containsExactly("anna", "ben", "cleo");
    }

    @Test
    void shouldWaitForAClientToJoinWhereTooFewAreThere() {
        // Given
        Recording recording = called(2, 2, "anna", "ben");
        recording.feed(Inputs.accepted(RUN, 1, "anna"));
        recording.feed(Inputs.leaving("ben"));

        // When
        List<SpecificRecord> atDeadline = recording.feed(DEADLINE, LATER);
        List<DeadlineReached> waitingFor = recording.state().deadlines();
        recording.feed(Inputs.key("cleo"));
        List<SpecificRecord> joined = recording.feed(Inputs.joined("cleo"), LATER);

        // Then the one that left may still come back, and is called too
        assertThat(Lines.of(atDeadline)).isEqualTo("+DeadlineReached");
        assertThat(waitingFor).isEmpty();
        assertThat(Lines.of(joined))
                .isEqualTo("+ClientJoined, open 1 attempt 2 a0 e0 [anna, ben, cleo] until 56000");
        assertThat(Lines.of(recording.feed(Inputs.accepted(RUN, 1, "cleo"), LATER))).isEqualTo("+UpdateAccepted");
        assertThat(Lines.of(recording.feed(recording.state().deadlines().get(0), LATER + 2_000)))
                .isEqualTo("+DeadlineReached, close 1 a0->a1 DEADLINE [anna, cleo]");
    }

    @Test
    void shouldCountAnUpdateThatComesWhileTheRoundWaitsForClients() {
        // Given
        Recording recording = called(2, 2, "anna", "ben");
        recording.feed(Inputs.accepted(RUN, 1, "anna"));
        recording.feed(Inputs.leaving("ben"));
        recording.feed(DEADLINE, LATER);

        // When it had been on its way when its client left
        List<SpecificRecord> decisions = recording.feed(Inputs.accepted(RUN, 1, "ben"), LATER);

        // Then
        assertThat(Lines.of(decisions)).isEqualTo("+UpdateAccepted, close 1 a0->a1 ALL_IN [anna, ben]");
    }

    @Test
    void shouldCountAnUpdateOfAClientThatFailedInAnEarlierAttempt() {
        // Given ben failed in attempt 1 and dora was called in ben's place
        Recording recording = called(3, 3, "anna", "ben", "cleo");
        recording.feed(Inputs.key("dora"));
        recording.feed(Inputs.joined("dora"));
        recording.feed(Inputs.clientFailed(RUN, 1, "ben"));
        assertThat(clients(opened(recording))).containsExactly("anna", "cleo", "dora");

        // When
        for (String client : List.of("ben", "anna", "cleo")) {
            recording.feed(Inputs.accepted(RUN, 1, client));
        }
        List<SpecificRecord> last = recording.feed(Inputs.accepted(RUN, 1, "dora"));

        // Then
        assertThat(Lines.of(last)).endsWith("close 1 a0->a1 ALL_IN [anna, ben, cleo, dora]");
    }

    @Test
    void shouldFailWithEveryNumberAfterTheLastReopening() {
        // Given
        RunSpec twice = Specs.with(Specs.with(spec, "federation.maxReopenings", 2), "federation.minimumSamples", 25L);
        Recording recording = Recording.inRoundOne(twice);
        recording.feed(Inputs.accepted(RUN, 1, "cleo"));
        long now = OPENED_AT;

        // When
        List<SpecificRecord> last = List.of();
        for (int attempt = 1; attempt <= 3; attempt++) {
            now += 1_000;
            last = recording.feed(recording.state().deadlines().get(0), now);
        }

        // Then
        assertThat(last).last().isInstanceOfSatisfying(RunEnded.class, ended -> {
            assertThat(ended.getOutcome()).isEqualTo(RunOutcome.FAILED);
            assertThat(ended.getReason()).contains("round 1, attempt 3", "1 accepted updates of a quorum of 2",
                    "10 of at least 25 samples", "without [anna, ben]", "opened again 2 times",
                    "federation.maxReopenings is 2");
        });
    }

    @Test
    void shouldNotOpenAgainForWantOfSamplesThatNobodyHas() {
        // Given all of the run's clients
        Recording recording = Recording.inRoundOne(Specs.with(spec, "federation.minimumSamples", 31L));
        recording.feed(Inputs.accepted(RUN, 1, "anna"));
        recording.feed(Inputs.accepted(RUN, 1, "ben"));

        // When
        List<SpecificRecord> decisions = recording.feed(Inputs.accepted(RUN, 1, "cleo"));

        // Then
        assertThat(decisions).last().isInstanceOfSatisfying(RunEnded.class, ended -> assertThat(ended.getReason())
                .contains("30 of at least 31 samples", "no other client of federation.clients"));
    }

    @Test
    void shouldCallOneMoreWhereAFullRoundStandsForTooFewSamples() {
        // Given
        Recording recording = called(2, 2, 25, "anna", "ben", "cleo");
        List<String> first = clients(opened(recording));
        recording.feed(Inputs.accepted(RUN, 1, first.get(0)));

        // When
        List<SpecificRecord> decisions = recording.feed(Inputs.accepted(RUN, 1, first.get(1)));

        // Then
        assertThat(Lines.of(decisions))
                .isEqualTo("+UpdateAccepted, open 1 attempt 2 a0 e0 [anna, ben, cleo] until 6000");
        List<String> third = new ArrayList<>(List.of("anna", "ben", "cleo"));
        third.removeAll(first);
        assertThat(Lines.of(recording.feed(Inputs.accepted(RUN, 1, third.get(0)))))
                .endsWith("close 1 a0->a1 ALL_IN [anna, ben, cleo]");
    }

    @Test
    void shouldNotCloseAtTheDeadlineWithTooFewSamples() {
        // Given
        RunSpec failing = Specs.with(Specs.spec(RUN), "federation.minimumSamples", 21L);
        Recording recording = Recording.inRoundOne(failing);
        recording.feed(Inputs.accepted(RUN, 1, "anna"));
        recording.feed(Inputs.accepted(RUN, 1, "ben"));

        // When
        List<SpecificRecord> decisions = recording.feed(DEADLINE, LATER);

        // Then
        assertThat(decisions).last().isInstanceOfSatisfying(RunEnded.class, ended -> assertThat(ended.getReason())
                .contains("2 accepted updates of a quorum of 2", "20 of at least 21 samples", "cleo"));
    }

    @Test
    void shouldCloseWithExactlyTheMinimumOfSamples() {
        // Given
        Recording recording = Recording.inRoundOne(Specs.with(Specs.spec(RUN), "federation.minimumSamples", 20L));
        recording.feed(Inputs.accepted(RUN, 1, "anna"));
        recording.feed(Inputs.accepted(RUN, 1, "ben"));

        // When, then
        assertThat(recording.feed(DEADLINE, LATER)).last().isInstanceOf(RoundClosed.class);
    }

    @Test
    void shouldReportAMissingAttemptAsAHole() {
        // Given
        Recording recording = Recording.inRoundOne(spec);
        recording.feed(DEADLINE, LATER);
        recording.feed(recording.state().deadlines().get(0), LATER + 1_000);
        List<SpecificRecord> log = new ArrayList<>(recording.log());
        assertThat(log.removeIf(event -> event instanceof RoundOpened opened && opened.getAttempt() == 2)).isTrue();

        // When, then
        assertThatThrownBy(() -> Recording.fold(log)).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("RoundOpened", "run run", "attempt 2, not 3", "hole");
    }

    /** Round 1 of a run that calls so many of these clients. */
    private Recording called(int perRound, int quorum, String... clients) {
        return called(perRound, quorum, 0, clients);
    }

    private Recording called(int perRound, int quorum, long minimumSamples, String... clients) {
        RunSpec run = Specs.with(spec, "federation.clients", List.of("anna", "ben", "cleo", "dora"));
        run = Specs.with(run, "federation.clientsPerRound", perRound);
        run = Specs.with(run, "federation.quorum", quorum);
        run = Specs.with(run, "federation.minimumSamples", minimumSamples);
        Recording recording = Recording.withClients(clients);
        for (String client : List.of("cleo", "dora")) {
            recording.feed(Inputs.key(client));
        }
        recording.feed(new RunSubmitted(run));
        recording.feed(Inputs.compressed(RUN));
        recording.feed(Inputs.adapter(RUN, 0));
        return recording;
    }

    private static Phase.RoundOpen round(Recording recording) {
        return (Phase.RoundOpen) recording.phase(RUN);
    }

    private static RoundOpened opened(Recording recording) {
        return round(recording).opened();
    }

    private static List<String> clients(RoundOpened opened) {
        return opened.getCalled().stream().map(called -> called.getClientId()).toList();
    }
}
