package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates and clients that come after their round. */
class StragglersTest {

    private static final String RUN = "run";

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRecordALateUpdateOnceWhetherScreeningOrTheCloseWasFirst(boolean screenedFirst) {
        // Given
        Recording recording = closedWithoutBen();
        SpecificRecord verdict = screenedFirst
                ? Inputs.accepted(RUN, 1, "ben") : Inputs.rejected(RUN, 1, "ben", RejectReason.LATE);

        // When
        List<SpecificRecord> decisions = recording.feed(verdict);
        List<SpecificRecord> again = recording.feed(verdict);
        recording.feed(Inputs.adapter(RUN, 1));

        // Then
        assertThat(decisions).singleElement().isInstanceOfSatisfying(UpdateRejected.class, late -> {
            assertThat(late.getReason()).isEqualTo(RejectReason.LATE);
            assertThat(late.getRound()).isEqualTo(1);
            assertThat(late.getClientId()).isEqualTo("ben");
        });
        assertThat(again).isEmpty();
        assertThat(recording.state().run(RUN).orElseThrow().stragglers().late()).isEqualTo(decisions);
        assertThat(Recording.fold(recording.log())).isEqualTo(recording.state());
    }

    @Test
    void shouldRecordALateUpdateAfterLaterRoundsAndTheRunsEnd() {
        // Given
        Recording recording = closedWithoutBen();
        recording.feed(Inputs.adapter(RUN, 1));
        recording.feed(Inputs.aligned(RUN, 1, 1));
        recording.feed(Inputs.cancel(RUN));

        // When
        List<SpecificRecord> decisions = recording.feed(Inputs.rejected(RUN, 1, "ben", RejectReason.LATE));

        // Then
        assertThat(Lines.of(decisions)).isEqualTo("+UpdateRejected");
        assertThat(recording.phase(RUN)).isInstanceOf(Phase.Ended.class);
    }

    @Test
    void shouldNotCallLateWhatCountedOrWasNotCalled() {
        // Given
        Recording recording = closedWithoutBen();

        // When, then
        for (String client : List.of("anna", "cleo", "mallory")) {
            assertThat(recording.feed(Inputs.rejected(RUN, 1, client, RejectReason.LATE))).as(client).isEmpty();
            assertThat(recording.feed(Inputs.accepted(RUN, 1, client))).as(client).isEmpty();
        }
        assertThat(recording.feed(Inputs.rejected(RUN, 2, "ben", RejectReason.LATE))).isEmpty();
    }

    @Test
    void shouldCallAClientThatCameBackToTheNextRound() {
        // Given ben leaves in round 1 and is back before it closes
        Recording recording = Recording.inRoundOne(Specs.spec(RUN));
        recording.feed(Inputs.leaving("ben"));
        recording.feed(Inputs.accepted(RUN, 1, "anna"));
        List<SpecificRecord> back = recording.feed(Inputs.joined("ben"));
        recording.feed(Inputs.accepted(RUN, 1, "cleo"));
        recording.feed(new DeadlineReached(RUN, 1, 6_000L));

        // When
        recording.feed(Inputs.adapter(RUN, 1));
        List<SpecificRecord> opened = recording.feed(Inputs.aligned(RUN, 1, 1));

        // Then it is called at the versions of that round, and its coming changed nothing in the one before
        assertThat(Lines.of(back)).isEqualTo("+ClientJoined");
        assertThat(Lines.of(opened)).endsWith("open 2 a1 e1 [anna, ben, cleo] until 6000");
    }

    @Test
    void shouldCallAClientThatJoinsInTheMiddleFromTheNextRoundOn() {
        // Given
        Recording recording = Recording.withClients("anna", "ben");
        recording.feed(Inputs.key("cleo"));
        recording.feed(new RunSubmitted(Specs.spec(RUN)));
        recording.feed(Inputs.compressed(RUN));
        recording.feed(Inputs.adapter(RUN, 0));
        recording.feed(Inputs.accepted(RUN, 1, "anna"));

        // When
        List<SpecificRecord> joined = recording.feed(Inputs.joined("cleo"));
        List<SpecificRecord> closed = recording.feed(Inputs.accepted(RUN, 1, "ben"));
        recording.feed(Inputs.adapter(RUN, 1));
        List<SpecificRecord> opened = recording.feed(Inputs.aligned(RUN, 1, 1));

        // Then
        assertThat(Lines.of(joined)).isEqualTo("+ClientJoined");
        assertThat(Lines.of(closed)).endsWith("close 1 a0->a1 ALL_IN [anna, ben]");
        assertThat(Lines.of(opened)).endsWith("open 2 a1 e1 [anna, ben, cleo] until 6000");
    }

    private static Recording closedWithoutBen() {
        Recording recording = Recording.inRoundOne(Specs.spec(RUN));
        recording.feed(Inputs.accepted(RUN, 1, "anna"));
        recording.feed(Inputs.accepted(RUN, 1, "cleo"));
        assertThat(Lines.of(recording.feed(new DeadlineReached(RUN, 1, 6_000L))))
                .endsWith("close 1 a0->a1 DEADLINE [anna, cleo]");
        return recording;
    }
}
