package org.fedbiot.cli.experiment.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.fedbiot.cli.experiment.cost.CostLogs.accepted;
import static org.fedbiot.cli.experiment.cost.CostLogs.closed;
import static org.fedbiot.cli.experiment.cost.CostLogs.compressed;
import static org.fedbiot.cli.experiment.cost.CostLogs.opened;
import static org.fedbiot.cli.experiment.cost.CostLogs.twoRounds;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.assertj.core.data.Offset;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientLink;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.Link;
import org.fedbiot.schemas.event.LinkSettings;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedTimeTest {

    private static final Offset<Double> ROUNDING = within(1e-9);
    private static final double CLIENT_RATE = 1e6;
    private static final double SERVER_RATE = 4e6;

    private final RunSpec spec = CostSpecs.fedbiot();
    private final PricedRun run = new PricedRun(spec, CostSpecs.CONFIG, CostSpecs.TEXTS);
    private final MethodFlops flops = new MethodFlops(spec, CostSpecs.CONFIG, CostSpecs.TEXTS);
    private final double training = flops.clientRound() / CLIENT_RATE;
    private final double first = flops.alignment(4) / SERVER_RATE;
    private final double again = flops.alignment(2) / SERVER_RATE;

    /** As in BudgetTest, by hand: five layers and the rest of the model; factors of one layer. */
    private static final double BASE = 4 * (5 * (8 * 36 + 3 * 8 * 14 + 16) + 20 * 8 + 8);
    private static final double FACTORS = 4 * 3 * 56;

    @Test
    void shouldWaitForTheSlowestInEachRound() {
        // Given ben at half the bandwidth of the others
        LinkClock clock = clock(link(8_000, 16_000, 50), new ClientLink("ben", link(4_000, 8_000, 50)));

        // When
        Timeline timeline = time(clock, twoRounds());

        // Then: 1,000 and 500 bytes a second down and up for ben, and 50 ms each way
        double round1 = 0.1 + (BASE + 5 * FACTORS) / 1_000 + training + 2 * FACTORS / 500;
        double round2 = 0.1 + 5 * FACTORS / 1_000 + training + 2 * FACTORS / 500;
        assertThat(timeline.prepared()).isCloseTo(first, ROUNDING);
        assertThat(ends(timeline).get(0)).isCloseTo(first + round1, ROUNDING);
        assertThat(ends(timeline).get(1)).isCloseTo(first + round1 + again + round2, ROUNDING);
        assertThat(timeline.roundsPerHour().orElseThrow()).isCloseTo(7_200 / (round1 + again + round2), ROUNDING);
    }

    @Test
    void shouldSayWhenAScoreWasReached() {
        Timeline timeline = time(clock(link(8_000, 8_000, 0)), twoRounds());

        assertThat(timeline.rounds()).extracting(round -> round.nll().orElseThrow()).containsExactly(2.0, 1.5);
        assertThat(timeline.secondsTo(2.0)).hasValue(ends(timeline).get(0));
        assertThat(timeline.secondsTo(1.6)).hasValue(ends(timeline).get(1));
        assertThat(timeline.secondsTo(1.4)).isEmpty();
        assertThat(timeline.lastNll()).hasValue(1.5);
    }

    @Test
    void shouldFetchAgainOnlyWhatChanged() {
        // Given a second round on the same emulator
        List<SpecificRecord> log = List.of(compressed(), opened(1, 1, 0, 0), accepted(1, "anna"), closed(1),
                opened(2, 1, 1, 0), accepted(2, "anna"), closed(2));

        // When
        Timeline timeline = time(clock(link(0, 8_000, 0)), log);

        // Then
        assertThat(ends(timeline).get(1) - ends(timeline).get(0)).isCloseTo(2 * FACTORS / 1_000 + training, ROUNDING);
    }

    @Test
    void shouldNotWaitForAClientThatIsLost() {
        // Given ben, slow, is out of reach in round 1 and fetches the model in round 2
        LinkClock clock = clock(link(0, 8_000, 0), new ClientLink("ben", link(0, 800, 0)));
        List<SpecificRecord> log = List.of(compressed(),
                RoundOpened.newBuilder(opened(1, 1, 0, 0)).setLostContact(List.of("ben")).build(),
                ClientFailed.newBuilder().setRunId("run").setRound(1).setClientId("ben").setReason("lost").build(),
                accepted(1, "anna"), accepted(1, "cleo"), closed(1),
                opened(2, 1, 1, 0), accepted(2, "anna"), accepted(2, "ben"), accepted(2, "cleo"), closed(2));

        // When
        Timeline timeline = time(clock, log);

        // Then
        assertThat(ends(timeline).get(0)).isCloseTo(first + (BASE + 5 * FACTORS) / 1_000 + training, ROUNDING);
        assertThat(ends(timeline).get(1) - ends(timeline).get(0))
                .isCloseTo((BASE + 5 * FACTORS) / 100 + training, ROUNDING);
    }

    @Test
    void shouldWaitForTheDeadlineOfARoundThatWasClosedByIt() {
        // Given the run's deadline of 60 s, which a fast client would not need
        List<SpecificRecord> log = List.of(compressed(), opened(1, 1, 0, 0), accepted(1, "anna"), accepted(1, "ben"),
                new DeadlineReached("run", 1, 0L),
                RoundClosed.newBuilder(closed(1)).setReason(CloseReason.DEADLINE).build());

        assertThat(ends(time(clock(link(0, 0, 0)), log)).get(0)).isCloseTo(first + Math.max(60, training), ROUNDING);
        assertThat(ends(time(clock(link(0, 0, 100_000)), log)).get(0)).isCloseTo(first + 200 + training, ROUNDING);
    }

    @Test
    void shouldAddTheAttemptsOfARound() {
        // Given a first attempt in which anna hands in and that expires, and one in which ben does
        LinkClock clock = clock(link(0, 0, 40_000));
        List<SpecificRecord> log = List.of(compressed(),
                RoundOpened.newBuilder(opened(1, 1, 0, 0)).setLostContact(List.of("ben", "cleo")).build(),
                accepted(1, "anna"), new DeadlineReached("run", 1, 0L),
                RoundOpened.newBuilder(opened(1, 2, 0, 0)).setLostContact(List.of("cleo")).build(),
                accepted(1, "ben"), closed(1));

        // When, then
        double work = 80 + training;
        assertThat(ends(time(clock, log)).get(0)).isCloseTo(first + Math.max(60, work) + work, ROUNDING);
    }

    @Test
    void shouldExchangeAllWeightsBothWaysWithoutAlignment() {
        // Given
        double weights = 4.0 * CostSpecs.CONFIG.parameters();
        double round = 0.02 + weights / 1_000 + flops.fullWeightRound() / CLIENT_RATE + weights / 500;

        // When
        Timeline timeline = SimulatedTime.of(run, clock(link(4_000, 8_000, 10)), Exchange.ALL_WEIGHTS, twoRounds());

        // Then
        assertThat(timeline.prepared()).isZero();
        assertThat(ends(timeline).get(0)).isCloseTo(round, ROUNDING);
        assertThat(ends(timeline).get(1)).isCloseTo(2 * round, ROUNDING);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNeverBeSlowerWithMoreBandwidth(Exchange exchange) {
        LinkClock clock = clock(link(0, 0, 30), new ClientLink("ben", link(1, 1, 500)));
        double before = Double.MAX_VALUE;

        for (long bits = 1_000; bits <= 10_000_000_000L; bits *= 10) {
            double seconds = SimulatedTime.of(run, clock.at(bits), exchange, twoRounds()).seconds();
            assertThat(seconds).isLessThanOrEqualTo(before);
            before = seconds;
        }
        assertThat(before).isCloseTo(SimulatedTime.of(run, clock.at(0), exchange, twoRounds()).seconds(), within(1e-3));
    }

    @Test
    void shouldMoveAllBytesOfTheRunAndNoMore() {
        // Given one client at a time, so that its waits are all there is
        LinkClock bytesPerSecond = new LinkClock(LinkSettings.newBuilder().setEvery(link(8, 8, 0))
                .setClientFlopsPerSecond(1e30).setServerFlopsPerSecond(1e30).build());
        List<SpecificRecord> log = twoRounds();

        // When
        double seconds = SimulatedTime.of(run.withRounds(2), bytesPerSecond, Exchange.FACTORS, log).seconds();

        // Then three clients side by side move three times what one waits for
        assertThat(3 * seconds).isCloseTo(run.withRounds(2).bytes().total(), within(1e-6));
    }

    private Timeline time(LinkClock clock, List<SpecificRecord> log) {
        return SimulatedTime.of(run, clock, Exchange.FACTORS, log);
    }

    private static List<Double> ends(Timeline timeline) {
        return timeline.rounds().stream().map(Timeline.Closed::seconds).toList();
    }

    private static LinkClock clock(Link every, ClientLink... clients) {
        return new LinkClock(LinkSettings.newBuilder().setEvery(every).setClients(List.of(clients))
                .setClientFlopsPerSecond(CLIENT_RATE).setServerFlopsPerSecond(SERVER_RATE).build());
    }

    private static Link link(long up, long down, long delay) {
        return Link.newBuilder().setUpBitsPerSecond(up).setDownBitsPerSecond(down).setDelayMillis(delay).build();
    }
}
