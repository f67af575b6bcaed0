package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.RunSpec;
import org.junit.jupiter.api.Test;

/** Waiting by progress: deadline at 6000, a stall is 400 ms, of which signs are kept to the quarter. */
class ProgressRulesTest {

    private static final String RUN = "run";
    private static final DeadlineReached DEADLINE = new DeadlineReached(RUN, 1, 6_000L);

    private final RunSpec spec = Specs.with(Specs.spec(RUN), "federation.stallMillis", 400L);

    @Test
    void shouldPutTheDeadlineOffForAClientThatMoves() {
        // Given
        Recording recording = inRoundOne();
        recording.feed(Inputs.progressed(RUN, 1, "ben", 1, 0), 5_700);

        // When
        List<SpecificRecord> decisions = recording.feed(DEADLINE, 6_000);

        // Then
        assertThat(Lines.of(decisions)).isEqualTo("extend 1 [ben] until 6200");
        assertThat(recording.state().deadlines()).containsExactly(new DeadlineReached(RUN, 1, 6_200L));
        assertThat(recording.feed(DEADLINE, 6_100)).as("the old deadline").isEmpty();
        assertThat(Lines.of(recording.feed(Inputs.accepted(RUN, 1, "ben"), 6_150)))
                .isEqualTo("+UpdateAccepted, close 1 a0->a1 ALL_IN [anna, ben, cleo]");
        assertThat(Recording.fold(recording.log())).isEqualTo(recording.state());
    }

    @Test
    void shouldNotPutItOffTwiceWithoutProgressBetween() {
        // Given
        Recording recording = inRoundOne();
        recording.feed(Inputs.progressed(RUN, 1, "ben", 1, 0), 5_700);
        recording.feed(DEADLINE, 6_000);

        // When the same step is told again, and one before it
        List<SpecificRecord> decisions = new ArrayList<>();
        decisions.addAll(recording.feed(Inputs.progressed(RUN, 1, "ben", 1, 0), 6_190));
        decisions.addAll(recording.feed(Inputs.progressed(RUN, 1, "ben", 0, 0), 6_195));
        decisions.addAll(recording.feed(new DeadlineReached(RUN, 1, 6_200L), 6_200));

        // Then
        assertThat(Lines.of(decisions)).isEqualTo("+DeadlineReached, close 1 a0->a1 DEADLINE [anna, cleo]");
    }

    @Test
    void shouldPutItOffAgainForAnUploadThatMoves() {
        // Given
        Recording recording = inRoundOne();
        recording.feed(Inputs.progressed(RUN, 1, "ben", 2, 0), 5_700);
        recording.feed(DEADLINE, 6_000);

        // When
        recording.feed(Inputs.progressed(RUN, 1, "ben", 2, 1), 6_190);

        // Then
        assertThat(Lines.of(recording.feed(new DeadlineReached(RUN, 1, 6_200L), 6_200)))
                .isEqualTo("extend 1 [ben] until 6690");
    }

    @Test
    void shouldKeepAtMostFourSignsOfAClientInAStall() {
        // Given
        Recording recording = inRoundOne(Specs.with(spec, "training.steps", 1_000));
        List<SpecificRecord> kept = new ArrayList<>();

        // When a step is told every 10 ms for 400 ms
        for (int step = 1; step <= 40; step++) {
            kept.addAll(recording.feed(Inputs.progressed(RUN, 1, "ben", step, 0), 5_000 + 10L * step));
        }

        // Then
        assertThat(Lines.of(kept)).isEqualTo(
                "moved ben 1/0 at 5010, moved ben 11/0 at 5110, moved ben 21/0 at 5210, moved ben 31/0 at 5310");
    }

    @Test
    void shouldStillWaitForASignThatWasTooSoonToBeKept() {
        // Given a second sign 90 ms after the one that is kept, 400 ms before the deadline
        Recording recording = inRoundOne();
        recording.feed(Inputs.progressed(RUN, 1, "ben", 1, 0), 5_511);
        recording.feed(Inputs.progressed(RUN, 1, "ben", 2, 0), 5_601);

        // When, then
        assertThat(Lines.of(recording.feed(DEADLINE, 6_000))).isEqualTo("extend 1 [ben] until 6011");
    }

    @Test
    void shouldKeepNoSignsThatDecideNothing() {
        // Given
        Recording patient = inRoundOne();
        Recording plain = inRoundOne(Specs.spec(RUN));
        List<SpecificRecord> decisions = new ArrayList<>();

        // When of a run that does not wait, of clients that are not waited for, other rounds, and impossible figures
        decisions.addAll(plain.feed(Inputs.progressed(RUN, 1, "ben", 1, 0), 5_700));
        decisions.addAll(patient.feed(Inputs.progressed(RUN, 1, "anna", 1, 0), 5_700));
        decisions.addAll(patient.feed(Inputs.progressed(RUN, 1, "mallory", 1, 0), 5_700));
        decisions.addAll(patient.feed(Inputs.progressed(RUN, 2, "ben", 1, 0), 5_700));
        decisions.addAll(patient.feed(Inputs.progressed("other", 1, "ben", 1, 0), 5_700));
        decisions.addAll(patient.feed(Inputs.progressed(RUN, 1, "ben", 3, 0), 5_700));
        decisions.addAll(patient.feed(Inputs.progressed(RUN, 1, "ben", 1, 2), 5_700));

        // Then
        assertThat(decisions).isEmpty();
    }

    @Test
    void shouldNotWaitForAClientThatLeft() {
        // Given
        Recording recording = inRoundOne();
        recording.feed(Inputs.progressed(RUN, 1, "ben", 1, 0), 5_900);
        recording.feed(Inputs.leaving("ben"));

        // When, then
        assertThat(Lines.of(recording.feed(DEADLINE, 6_000)))
                .isEqualTo("+DeadlineReached, close 1 a0->a1 DEADLINE [anna, cleo]");
    }

    private Recording inRoundOne() {
        return inRoundOne(spec);
    }

    /** All but ben have handed in. */
    private static Recording inRoundOne(RunSpec spec) {
        Recording recording = Recording.inRoundOne(spec);
        recording.feed(Inputs.accepted(RUN, 1, "anna"));
        recording.feed(Inputs.accepted(RUN, 1, "cleo"));
        return recording;
    }
}
