package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.ForkPoint;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunDeleteRequested;
import org.fedbiot.schemas.event.RunDeleted;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.ServerOptimiser;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ForkRulesTest {

    private static final String FORK = "fork";
    private static final String ARCHIVE = "cd".repeat(32);

    @Test
    void shouldStartFromWhatTheRoundWasOpenedWith() {
        // Given a run whose round 2 was opened with adapter 1 and emulator 1
        Recording recording = HappyRun.Stage.COMPLETED.reached();

        // When
        List<SpecificRecord> decisions = recording.feed(new RunSubmitted(fork(recording, 2, 1)));

        // Then: accepted, its compress task assigned, with nothing more exposed than the origin did
        RunAccepted origin = (RunAccepted) recording.log().stream().filter(RunAccepted.class::isInstance).findFirst()
                .orElseThrow();
        assertThat(decisions).hasSize(2);
        assertThat(decisions.get(0)).isInstanceOfSatisfying(RunAccepted.class, accepted -> {
            assertThat(accepted.getExposedLayers()).isEqualTo(origin.getExposedLayers());
            assertThat(accepted.getExposedShare()).isEqualTo(origin.getExposedShare());
        });
        assertThat(decisions.get(1)).isInstanceOfSatisfying(ServerTaskAssigned.class, task -> {
            ForkPoint fork = task.getSpec().getFork();
            assertThat(fork.getAdapterSha256()).isEqualTo(Inputs.adapterSha256(1));
            assertThat(fork.getEmulatorSha256()).isEqualTo(Inputs.emulatorSha256(1));
            assertThat(fork.getOptimiserState()).containsExactly(Inputs.moments(1));
            assertThat(fork.getRoundOffset()).isEqualTo(1);
            assertThat(fork.getEmulatorOffset()).isEqualTo(1);
        });
    }

    @Test
    void shouldDrawTheClientsThatTheOriginDrew() {
        // Given one client of three called in each round
        RunSpec spec = Specs.with(Specs.with(Specs.spec(HappyRun.RUN), "federation.clientsPerRound", 1),
                "federation.quorum", 1);
        spec = Specs.with(spec, "federation.rounds", 6);
        Recording recording = Recording.inRoundOne(spec);
        for (int round = 1; round <= 6; round++) {
            recording.feed(Inputs.accepted(HappyRun.RUN, round, called(recording, HappyRun.RUN, round)));
            recording.feed(Inputs.adapter(HappyRun.RUN, round));
            recording.feed(Inputs.aligned(HappyRun.RUN, round, round));
        }

        // When a fork goes on from round 3
        recording.feed(new RunSubmitted(fork(recording, 3, 4)));
        start(recording, 2, 2);
        for (int round = 1; round <= 4; round++) {
            recording.feed(Inputs.accepted(FORK, round, called(recording, FORK, round)));
            recording.feed(Inputs.adapter(FORK, round));
            recording.feed(Inputs.aligned(FORK, round, round));
        }

        // Then round 1 of the fork is round 3 of the origin, and so on
        for (int round = 1; round <= 4; round++) {
            assertThat(called(recording, FORK, round)).isEqualTo(called(recording, HappyRun.RUN, round + 2));
        }
        assertThat(opened(recording, FORK, 4).getRoundOffset()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        // aligned every second round, before the first too: 1, 3, 5
        "2, 4, 2:-1 3:1 4:-1 5:2",
        "3, 3, 3:-1 4:-1 5:1"})
    void shouldAlignInTheOriginsRhythm(int at, int rounds, String expected) {
        // Given a run of five rounds
        RunSpec spec = Specs.with(Specs.with(Specs.spec(HappyRun.RUN), "federation.rounds", 5),
                "alignment.everyRounds", 2);
        spec = Specs.with(spec, "alignment.beforeFirstRound", true);
        Recording recording = Recording.inRoundOne(spec);
        int emulator = play(recording, HappyRun.RUN, 5, 0);
        assertThat(emulator).isEqualTo(3);

        // When
        recording.feed(new RunSubmitted(fork(recording, at, rounds)));
        start(recording, at - 1, (at + 1) / 2);
        play(recording, FORK, rounds, 0);

        // Then the fork aligns before the rounds that its origin did, but not once more before its first
        StringBuilder seen = new StringBuilder();
        int before = 0;
        for (int round = 1; round <= rounds; round++) {
            int version = opened(recording, FORK, round).getEmulatorVersion();
            seen.append(seen.isEmpty() ? "" : " ").append(round + at - 1).append(':')
                    .append(version == before ? -1 : version);
            before = version;
        }
        assertThat(seen.toString()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // the origin's, at which of its rounds, the fork's: whether its first fold goes on from the origin's moments
        "MOMENTUM, 2, MOMENTUM, true",
        "FED_ADAM, 3, FED_ADAM, true",
        "MOMENTUM, 1, MOMENTUM, false",
        "MOMENTUM, 2, FED_ADAM, false",
        "MOMENTUM, 2, NONE, false",
        "NONE, 2, MOMENTUM, false"})
    void shouldGoOnFromTheMomentsOfTheSameServerOptimiser(ServerOptimiser before, int at, ServerOptimiser own,
            boolean expected) {
        // Given
        RunSpec spec = Specs.with(Specs.spec(HappyRun.RUN), "federation.rounds", 3);
        Recording recording = Recording.inRoundOne(Specs.with(spec, "aggregation.serverOptimiser", before));
        play(recording, HappyRun.RUN, 3, 0);

        // When
        recording.feed(new RunSubmitted(Specs.with(fork(recording, at, 2), "aggregation.serverOptimiser", own)));
        start(recording, at - 1, at - 1);
        play(recording, FORK, 2, 0);

        // Then, and its second round folds with what its first has left
        assertThat(opened(recording, FORK, 1).getInheritsMoments()).isEqualTo(expected);
        assertThat(opened(recording, FORK, 2).getInheritsMoments()).isFalse();
        assertThat(recording.log()).filteredOn(RoundClosed.class::isInstance).map(RoundClosed.class::cast)
                .filteredOn(RoundClosed::getInheritsMoments).hasSize(expected ? 1 : 0);
    }

    @Test
    void shouldHandMomentsOnToTheForkOfAFork() {
        // Given a fork that has opened its first round and folded nothing
        RunSpec spec = Specs.with(Specs.spec(HappyRun.RUN), "federation.rounds", 3);
        Recording recording = Recording.inRoundOne(
                Specs.with(spec, "aggregation.serverOptimiser", ServerOptimiser.FED_ADAM));
        play(recording, HappyRun.RUN, 3, 0);
        recording.feed(new RunSubmitted(fork(recording, 2, 2)));
        start(recording, 1, 1);

        ForkPoint second = ForkRules.at(recording.state().run(FORK).orElseThrow(), 1).orElseThrow();

        assertThat(second.getServerOptimiser()).isEqualTo(ServerOptimiser.FED_ADAM);
    }

    @Test
    void shouldAlignFirstWhereItGoesOnFromTheOriginsEnd() {
        // Given
        Recording recording = HappyRun.Stage.COMPLETED.reached();

        // When: the happy run has 2 rounds and aligns before every later one
        recording.feed(new RunSubmitted(fork(recording, 3, 1)));
        start(recording, 2, 1);

        // Then
        assertThat(recording.log()).last().isInstanceOfSatisfying(ServerTaskAssigned.class,
                task -> assertThat(task.getTaskId()).isEqualTo("align-1"));
    }

    @Test
    void shouldCountOnWhenAForkIsForked() {
        // Given a fork at round 2 that has opened its round 1
        Recording recording = HappyRun.Stage.COMPLETED.reached();
        recording.feed(new RunSubmitted(fork(recording, 2, 1)));
        start(recording, 1, 1);

        // When
        ForkPoint second = ForkRules.at(recording.state().run(FORK).orElseThrow(), 1).orElseThrow();

        // Then
        assertThat(second.getRoundOffset()).isEqualTo(1);
        assertThat(second.getEmulatorOffset()).isEqualTo(1);
        assertThat(second.getAdapterVersion()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "fork.adapterSha256, 0000, fork: by the log round 2",
        "fork.round, 9, fork.round: happy never opened round 9",
        "originRunId, other, originRunId: the log knows no run other",
        "aggregation.shardBytes, 4, aggregation.shardBytes: is not that of happy",
        "model.layerParameters, 101, model: is not that of happy"})
    void shouldRefuseWhatTheOriginDoesNotGive(String path, String value, String reason) {
        // Given
        Recording recording = HappyRun.Stage.COMPLETED.reached();
        Object changed = path.equals("model.layerParameters") ? (Object) Long.valueOf(value)
                : value.matches("[1-9]") ? (Object) Integer.valueOf(value) : value;
        RunSpec spec = Specs.with(fork(recording, 2, 1), path, changed);

        // When
        List<SpecificRecord> decisions = recording.feed(new RunSubmitted(spec));

        // Then
        assertThat(decisions).singleElement().isInstanceOfSatisfying(RunRefused.class,
                refused -> assertThat(refused.getReason()).startsWith(reason));
    }

    @Test
    void shouldRefuseOtherFactorsThanTheOrigins() {
        Recording recording = HappyRun.Stage.COMPLETED.reached();
        LoraSettings lora = LoraSettings.newBuilder(HappyRun.spec().getLora()).setRank(8).build();

        List<SpecificRecord> decisions = recording.feed(new RunSubmitted(
                Specs.with(fork(recording, 2, 1), "lora", lora)));

        assertThat(decisions).singleElement().isInstanceOfSatisfying(RunRefused.class,
                refused -> assertThat(refused.getReason()).startsWith("lora: is not that of happy"));
    }

    @Test
    void shouldFailAForkThatWasStartedWithOtherBytes() {
        // Given
        Recording recording = HappyRun.Stage.COMPLETED.reached();
        recording.feed(new RunSubmitted(fork(recording, 2, 1)));

        // When: the worker publishes adapter version 2's bytes where version 1's were asked for
        start(recording, 2, 1);

        // Then
        assertThat(recording.log()).last().isInstanceOfSatisfying(RunEnded.class, ended -> {
            assertThat(ended.getOutcome()).isEqualTo(RunOutcome.FAILED);
            assertThat(ended.getReason()).startsWith("the fork of happy at round 2 was started with");
        });
    }

    @ParameterizedTest
    @EnumSource(HappyRun.Stage.class)
    void shouldDeleteARunOnlyOnceItHasEnded(HappyRun.Stage stage) {
        Recording recording = stage.reached();

        List<SpecificRecord> decisions = recording.feed(new RunDeleteRequested(HappyRun.RUN, ARCHIVE));

        if (stage == HappyRun.Stage.COMPLETED) {
            assertThat(decisions).containsExactly(new RunDeleted(HappyRun.RUN, ARCHIVE));
            assertThat(recording.feed(new RunDeleteRequested(HappyRun.RUN, ARCHIVE))).isEmpty();
            assertThat(recording.state()).isEqualTo(Recording.fold(recording.log()));
        } else {
            assertThat(decisions).isEmpty();
        }
    }

    @Test
    void shouldNotForkADeletedRunAndSayWhichArchiveHoldsIt() {
        // Given
        Recording recording = HappyRun.Stage.COMPLETED.reached();
        RunSpec fork = fork(recording, 2, 1);
        recording.feed(new RunDeleteRequested(HappyRun.RUN, ARCHIVE));

        // When
        List<SpecificRecord> decisions = recording.feed(new RunSubmitted(fork));

        // Then
        assertThat(decisions).singleElement().isInstanceOfSatisfying(RunRefused.class,
                refused -> assertThat(refused.getReason()).contains("was deleted").contains(ARCHIVE));
    }

    @Test
    void shouldNotDeleteARunThatAForkIsBeingCopiedFrom() {
        // Given
        Recording recording = HappyRun.Stage.COMPLETED.reached();
        recording.feed(new RunSubmitted(fork(recording, 2, 1)));

        // Then
        assertThat(recording.feed(new RunDeleteRequested(HappyRun.RUN, ARCHIVE))).isEmpty();
        start(recording, 1, 1);
        assertThat(recording.feed(new RunDeleteRequested(HappyRun.RUN, ARCHIVE))).hasSize(1);
    }

    @Test
    void shouldNotTakeADeletionThatNamesNoArchive() {
        Recording recording = HappyRun.Stage.COMPLETED.reached();

        assertThatThrownBy(() -> recording.feed(new RunDeleteRequested(HappyRun.RUN, "none")))
                .isInstanceOf(UnusableInputException.class).hasMessageContaining("archiveSha256");
    }

    private static RunSpec fork(Recording recording, int round, int rounds) {
        Run origin = recording.state().run(HappyRun.RUN).orElseThrow();
        RunSpec spec = Specs.with(origin.spec(), "runId", FORK);
        spec = Specs.with(spec, "originRunId", HappyRun.RUN);
        spec = Specs.with(spec, "federation.rounds", rounds);
        return Specs.with(spec, "fork", ForkRules.at(origin, round).orElseThrow());
    }

    /** The worker's and the aggregator's answers to a fork's compress task. */
    private static void start(Recording recording, int adapter, int emulator) {
        ServerTaskCompleted cut = Inputs.compressed(FORK);
        cut.getAlignment().put(cut.getAlignment().getSchema().getField("emulatorSha256").pos(),
                Inputs.emulatorSha256(emulator));
        recording.feed(cut);
        recording.feed(new AdapterPublished(FORK, 0, 0, Inputs.adapterSha256(adapter), Inputs.ELEMENTS, List.of()));
    }

    /** Plays all rounds, every client in, and gives the last emulator version. */
    private static int play(Recording recording, String run, int rounds, int emulator) {
        int version = emulator;
        if (recording.phase(run) instanceof Phase.Aligning) {
            recording.feed(Inputs.aligned(run, ++version, 0));
        }
        for (int round = 1; round <= rounds; round++) {
            for (String client : List.of("anna", "ben", "cleo")) {
                recording.feed(Inputs.accepted(run, round, client));
            }
            recording.feed(Inputs.adapter(run, round));
            if (recording.phase(run) instanceof Phase.Aligning) {
                recording.feed(Inputs.aligned(run, ++version, round));
            }
        }
        return version;
    }

    private static String called(Recording recording, String run, int round) {
        return opened(recording, run, round).getCalled().stream().map(CalledClient::getClientId).findFirst()
                .orElseThrow();
    }

    private static RoundOpened opened(Recording recording, String run, int round) {
        return recording.log().stream().filter(RoundOpened.class::isInstance).map(RoundOpened.class::cast)
                .filter(opened -> opened.getRunId().equals(run) && opened.getRound() == round)
                .findFirst().orElseThrow();
    }
}
