package org.fedbiot.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.coordinator.Coordinator;
import org.fedbiot.coordinator.CoordinatorState;
import org.fedbiot.coordinator.Input;
import org.fedbiot.coordinator.Inputs;
import org.fedbiot.coordinator.Specs;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.junit.jupiter.api.Test;

class CoordinatorMetersTest {

    private static final String RUN = "run";
    /** The deadline of a round of these specs is a second after its opening. */
    private static final long START = 50_000;

    private final ManualClock clock = new ManualClock(START);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CoordinatorMeters meters = new CoordinatorMeters(registry, clock);
    private CoordinatorState state = CoordinatorState.initial();

    @Test
    void shouldShowAnOpenRound() {
        // Given
        feed(openRound());

        // When
        clock.advance(400);

        // Then
        assertThat(value("fedbiot.runs", "phase", "round_open")).isEqualTo(1);
        assertThat(value("fedbiot.runs", "phase", "compressing")).isZero();
        assertThat(value("fedbiot.rounds.opened", "attempt", "first")).isEqualTo(1);
        assertThat(value("fedbiot.round.quorum.margin")).as("three called, two needed").isEqualTo(1);
        assertThat(value("fedbiot.round.quorum.missing")).isEqualTo(2);
        assertThat(value("fedbiot.server.tasks.open")).isZero();
        assertThat(value("fedbiot.deadline.remaining")).isCloseTo(0.6, within(1e-9));
        assertThat(value("fedbiot.run.progress.timestamp")).isEqualTo(50.0);
    }

    @Test
    void shouldCountServerTasksThatRunsWaitFor() {
        // When
        feed(clients());
        feed(List.of(new RunSubmitted(Specs.spec(RUN)), new RunSubmitted(Specs.spec("other"))));

        // Then
        assertThat(value("fedbiot.server.tasks.open")).isEqualTo(2);
    }

    @Test
    void shouldCountDownTheMarginAsClientsFail() {
        // Given
        feed(openRound());

        // When
        feed(List.of(Inputs.clientFailed(RUN, 1, "anna")));

        // Then
        assertThat(value("fedbiot.round.quorum.margin")).isZero();

        // When
        feed(List.of(Inputs.rejected(RUN, 1, "ben", RejectReason.NOT_FINITE)));

        // Then
        assertThat(value("fedbiot.updates.rejected", "reason", "not_finite")).isEqualTo(1);
        assertThat(value("fedbiot.updates.rejected", "reason", "norm_exceeded")).isZero();
        assertThat(value("fedbiot.runs", "phase", "failed")).as("quorum cannot be reached any more").isEqualTo(1);
        assertThat(value("fedbiot.round.quorum.margin")).as("no round is open").isNaN();
    }

    @Test
    void shouldMeasureARoundFromItsOpening() {
        // Given
        feed(openRound());
        clock.advance(700);

        // When
        feed(List.of(Inputs.accepted(RUN, 1, "anna"), Inputs.accepted(RUN, 1, "ben"),
                Inputs.accepted(RUN, 1, "cleo")));

        // Then
        assertThat(registry.get("fedbiot.round.duration").timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(700);
        assertThat(value("fedbiot.rounds.closed", "reason", "all_in")).isEqualTo(1);
        assertThat(value("fedbiot.updates.accepted")).isEqualTo(3);
        assertThat(value("fedbiot.deadline.remaining")).isNaN();
    }

    @Test
    void shouldShowHowFarTrainingAndEvaluationAreFromTheirBest() {
        // Given
        RunSubmitted submitted = new RunSubmitted(Specs.with(Specs.spec(RUN), "evaluation.everyRounds", 1));
        feed(clients());
        feed(List.of(submitted, Inputs.compressed(RUN), Inputs.adapter(RUN, 0)));
        feed(List.of(update(1, "anna", 1.0, 10), update(1, "ben", 4.0, 20), update(1, "cleo", 3.0, 30)));
        feed(List.of(Inputs.adapter(RUN, 1), Inputs.evaluated(RUN, 1, 0, 1.5), Inputs.aligned(RUN, 1, 1)));

        // When
        feed(List.of(update(2, "anna", 6.0, 10), update(2, "ben", 6.0, 10), update(2, "cleo", 6.0, 10)));
        feed(List.of(Inputs.adapter(RUN, 2), Inputs.evaluated(RUN, 2, 1, 2.4)));

        // Then
        assertThat(value("fedbiot.training.loss")).isEqualTo(6);
        assertThat(value("fedbiot.training.divergence.ratio")).as("over (10 + 80 + 90) / 60").isEqualTo(2);
        assertThat(value("fedbiot.evaluation.divergence.ratio")).isCloseTo(1.6, within(1e-12));
        assertThat(value("fedbiot.evaluation.nll", "model", "adap_fu")).isEqualTo(2.4);
        assertThat(value("fedbiot.alignment.loss", "moment", "after")).isEqualTo(2);
    }

    @Test
    void shouldTakeAClientsProgressForALifeSignButNotOneOfAnUnknownRun() {
        // Given
        feed(openRound());
        clock.advance(10_000);

        // When
        meters.heard(Inputs.progressed("nobody's", 1, "anna", 1, 0));
        double before = value("fedbiot.run.progress.timestamp");
        meters.heard(Inputs.progressed(RUN, 1, "anna", 1, 0));

        // Then
        assertThat(before).isEqualTo(50);
        assertThat(value("fedbiot.run.progress.timestamp")).isEqualTo(60);
    }

    @Test
    void shouldShowTheLogsRunsButNotCountThemAgain() {
        // Given
        feed(openRound());
        SimpleMeterRegistry next = new SimpleMeterRegistry();
        CoordinatorMeters successor = new CoordinatorMeters(next, clock);

        // When
        successor.begin(state);
        successor.standing(Standing.DECIDING);

        // Then
        assertThat(next.get("fedbiot.runs").tag("phase", "round_open").gauge().value()).isEqualTo(1);
        assertThat(next.get("fedbiot.rounds.opened").tag("attempt", "first").counter().count()).isZero();
        assertThat(next.get("fedbiot.coordinator.deciding").gauge().value()).isEqualTo(1);
    }

    @Test
    void shouldNameNoRunAndNoClientInAnyLabel() {
        // Given
        feed(openRound());
        feed(List.of(Inputs.accepted(RUN, 1, "anna"), Inputs.rejected(RUN, 1, "ben", RejectReason.LATE)));

        // When
        meters.deadLetter(new DeadLetter("fedbiot-coordinator", "nonsense", "fedbiot.task.result.v1", 0, 3L, RUN, "",
                1));

        // Then
        assertThat(registry.getMeters()).extracting(Meter::getId).allSatisfy(id ->
                assertThat(id.getTags()).noneMatch(tag ->
                        List.of(RUN, "anna", "ben", "cleo").contains(tag.getValue())));
        assertThat(value("fedbiot.dead.letters", "topic", "fedbiot.task.result.v1")).isEqualTo(1);
    }

    private static List<SpecificRecord> clients() {
        return List.of(Inputs.key("anna"), Inputs.key("ben"), Inputs.key("cleo"), Inputs.joined("anna"),
                Inputs.joined("ben"), Inputs.joined("cleo"));
    }

    private static List<SpecificRecord> openRound() {
        List<SpecificRecord> inputs = new ArrayList<>(clients());
        inputs.addAll(List.of(new RunSubmitted(Specs.spec(RUN)), Inputs.compressed(RUN), Inputs.adapter(RUN, 0)));
        return inputs;
    }

    private static UpdateAccepted update(int round, String client, double loss, int samples) {
        return UpdateAccepted.newBuilder(Inputs.accepted(RUN, round, client, samples, samples)).setMeanLoss(loss)
                .build();
    }

    /** As the loop does it: what was decided is committed, then counted. */
    private void feed(List<? extends SpecificRecord> inputs) {
        for (SpecificRecord input : inputs) {
            meters.heard(input);
            for (SpecificRecord decision : Coordinator.decide(state, new Input(input, clock.millis()))) {
                meters.decided(state, decision);
                state = Coordinator.apply(state, decision);
            }
            meters.show(state);
        }
    }

    private double value(String name, String... tags) {
        Meter meter = registry.get(name).tags(tags).meter();
        return meter.measure().iterator().next().getValue();
    }
}
