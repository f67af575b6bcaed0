package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.ClientLink;
import org.fedbiot.schemas.event.ForkPoint;
import org.fedbiot.schemas.event.Link;
import org.fedbiot.schemas.event.LinkSettings;
import org.fedbiot.schemas.event.MissedQuorum;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunSpec;
import org.junit.jupiter.api.Test;

class LostContactTest {

    private static final String RUN = "run";
    private static final List<String> CALLED = List.of("anna", "ben", "cleo");

    @Test
    void shouldLoseNobodyWithoutLinksOrWithSoundOnes() {
        assertThat(LostContact.of(Specs.spec(RUN), 1, 1, CALLED)).isEmpty();
        for (int round = 1; round <= 100; round++) {
            assertThat(LostContact.of(linked(sound()), round, 1, CALLED)).isEmpty();
        }
    }

    @Test
    void shouldLoseListedRoundsOfTheClientThatListsThem() {
        // Given
        RunSpec spec = linked(sound(), new ClientLink("ben", lossy(0, 2, 5)));

        // When, then
        assertThat(LostContact.of(spec, 1, 1, CALLED)).isEmpty();
        assertThat(LostContact.of(spec, 2, 1, CALLED)).containsExactly("ben");
        assertThat(LostContact.of(spec, 2, 3, CALLED)).containsExactly("ben");
        assertThat(LostContact.of(spec, 5, 1, List.of("anna", "cleo"))).isEmpty();
    }

    @Test
    void shouldLoseAboutTheShareOfRoundsAndTheSameOnesWhoeverElseIsCalled() {
        // Given
        RunSpec spec = linked(lossy(0.3));

        // When
        List<Integer> lost = IntStream.rangeClosed(1, 2_000)
                .filter(round -> LostContact.of(spec, round, 1, CALLED).contains("ben")).boxed().toList();

        // Then: four standard deviations of 2,000 draws are 0.041
        assertThat(lost.size() / 2_000.0).isCloseTo(0.3, within(0.041));
        assertThat(lost).isEqualTo(IntStream.rangeClosed(1, 2_000)
                .filter(round -> LostContact.of(spec, round, 1, List.of("ben")).contains("ben")).boxed().toList());
        assertThat(lost).isNotEqualTo(IntStream.rangeClosed(1, 2_000)
                .filter(round -> LostContact.of(spec, round, 2, CALLED).contains("ben")).boxed().toList());
        assertThat(lost).isNotEqualTo(IntStream.rangeClosed(1, 2_000)
                .filter(round -> LostContact.of(Specs.with(spec, "seed", 8L), round, 1, CALLED).contains("ben"))
                .boxed().toList());
    }

    @Test
    void shouldLoseTheSameInRunsOfOneSeed() {
        // Given two methods' runs of an experiment
        RunSpec one = linked(lossy(0.5));
        RunSpec other = Specs.with(Specs.with(one, "runId", "other"), "federation.rounds", 60);

        // When, then
        for (int round = 1; round <= 50; round++) {
            assertThat(LostContact.of(other, round, 1, CALLED)).isEqualTo(LostContact.of(one, round, 1, CALLED));
        }
    }

    @Test
    void shouldLoseInAForkWhatTheOriginWouldHaveLost() {
        // Given
        RunSpec origin = linked(lossy(0.5, 4));
        RunSpec fork = Specs.with(Specs.with(origin, "runId", "fork"), "fork", ForkPoint.newBuilder().setRound(3)
                .setBaseSha256("").setAdapterVersion(2).setAdapterSha256("").setEmulatorVersion(2).setEmulatorSha256("")
                .setRoundOffset(2).setEmulatorOffset(2).build());

        // When, then
        for (int round = 1; round <= 50; round++) {
            assertThat(LostContact.of(fork, round, 1, CALLED)).isEqualTo(LostContact.of(origin, round + 2, 1, CALLED));
        }
    }

    @Test
    void shouldSayWhoIsLostWhereTheRoundIsOpenedAndCloseByTheQuorumOfTheOthers() {
        // Given
        Recording recording = Recording.inRoundOne(linked(sound(), new ClientLink("ben", lossy(0, 1))));
        RoundOpened opened = opened(recording.log());

        // When
        recording.feed(Inputs.accepted(RUN, 1, "anna"));
        recording.feed(Inputs.clientFailed(RUN, 1, "ben"));
        List<SpecificRecord> last = recording.feed(Inputs.accepted(RUN, 1, "cleo"));

        // Then
        assertThat(opened.getCalled()).hasSize(3);
        assertThat(opened.getLostContact()).containsExactly("ben");
        assertThat(Lines.of(last)).isEqualTo("+UpdateAccepted, close 1 a0->a1 ALL_IN [anna, cleo]");
        assertThat(Recording.fold(recording.log())).isEqualTo(recording.state());
    }

    @Test
    void shouldDrawAnewWhereTheRoundIsOpenedAgain() {
        // Given a seed by which two of three are lost at first, so that a quorum of two is missed
        RunSpec spec = Specs.with(linked(lossy(0.6)), "federation.onMissedQuorum", MissedQuorum.REOPEN);
        long seed = 0;
        while (LostContact.of(Specs.with(spec, "seed", seed), 1, 1, CALLED).size() != 2) {
            seed++;
        }
        spec = Specs.with(spec, "seed", seed);
        Recording recording = Recording.inRoundOne(spec);

        // When
        for (String client : opened(recording.log()).getLostContact()) {
            recording.feed(Inputs.clientFailed(RUN, 1, client));
        }
        recording.feedAll(recording.state().deadlines());

        // Then
        RoundOpened again = opened(recording.log());
        List<String> called = again.getCalled().stream().map(client -> client.getClientId()).toList();
        assertThat(again.getAttempt()).isEqualTo(2);
        assertThat(again.getLostContact()).isEqualTo(LostContact.of(spec, 1, 2, called));
    }

    private static RoundOpened opened(List<SpecificRecord> log) {
        return log.stream().filter(RoundOpened.class::isInstance).map(RoundOpened.class::cast)
                .reduce((first, second) -> second).orElseThrow();
    }

    private static RunSpec linked(Link every, ClientLink... clients) {
        return Specs.with(Specs.spec(RUN), "links",
                LinkSettings.newBuilder().setEvery(every).setClients(List.of(clients)).build());
    }

    private static Link sound() {
        return Link.newBuilder().build();
    }

    private static Link lossy(double share, Integer... rounds) {
        return Link.newBuilder().setLossShare(share).setLostRounds(List.of(rounds)).build();
    }
}
