package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DeadlineExtended;
import org.fedbiot.schemas.event.MissedQuorum;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateRejected;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for every sequence of inputs, on sequences drawn by a seed: good ones, late ones, odd ones. */
class GeneratedRunsTest {

    private static final String RUN = "run";
    private static final List<String> CLIENTS = List.of("anna", "ben", "cleo", "dora");
    private static final int INPUTS = 250;

    static List<Long> seeds() {
        return new Random(4).longs(60).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldFoldEveryPrefixToTheLiveStateAndGoOnFromItTheSameWay(long seed) {
        // Given a live coordinator over drawn inputs, with the state after each
        List<Input> inputs = new ArrayList<>();
        List<List<SpecificRecord>> decisions = new ArrayList<>();
        List<CoordinatorState> states = new ArrayList<>();
        play(seed, inputs, decisions, states);
        CoordinatorState folded = CoordinatorState.initial();

        for (int restart = 0; restart < inputs.size(); restart++) {
            // When a new one folds the log so far
            for (SpecificRecord event : decisions.get(restart)) {
                folded = Coordinator.apply(folded, event);
            }

            // Then it stands where the live one stood, and decides the same from there on
            assertThat(folded).as("seed %d, after input %d", seed, restart).isEqualTo(states.get(restart));
            assertThat(folded.deadlines()).isEqualTo(states.get(restart).deadlines());
            if (restart % 25 == 0) {
                assertThat(decisionsFrom(folded, inputs.subList(restart + 1, inputs.size())))
                        .as("seed %d, restarted after input %d", seed, restart)
                        .isEqualTo(decisions.subList(restart + 1, inputs.size()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldKeepTheRulesOfRounds(long seed) {
        // Given
        List<List<SpecificRecord>> decisions = new ArrayList<>();
        List<CoordinatorState> states = new ArrayList<>();
        RunSpec spec = play(seed, new ArrayList<>(), decisions, states);
        int quorum = spec.getFederation().getQuorum();
        Set<String> accepted = new HashSet<>();
        Set<String> late = new HashSet<>();
        RoundOpened open = null;
        long deadline = 0;
        int closed = 0;

        // When, then: event by event
        for (SpecificRecord event : decisions.stream().flatMap(List::stream).toList()) {
            if (event instanceof RoundOpened opened) {
                assertThat(opened.getRound()).isEqualTo(closed + 1);
                assertThat(opened.getAttempt()).isEqualTo(
                        open != null && open.getRound() == opened.getRound() ? open.getAttempt() + 1 : 1)
                        .isLessThanOrEqualTo(1 + spec.getFederation().getMaxReopenings());
                assertThat(clients(opened)).doesNotHaveDuplicates().isSorted();
                if (opened.getAttempt() == 1) {
                    accepted.clear();
                }
                assertThat(clients(opened)).containsAll(accepted);
                open = opened;
                deadline = opened.getDeadlineMillis();
            } else if (event instanceof UpdateAccepted update) {
                assertThat(update.getRound()).isEqualTo(open.getRound());
                assertThat(accepted.add(update.getClientId())).as("counted twice").isTrue();
            } else if (event instanceof DeadlineExtended extended) {
                assertThat(extended.getDeadlineMillis()).isGreaterThan(deadline);
                assertThat(extended.getWaitingFor()).isNotEmpty().noneMatch(accepted::contains);
                deadline = extended.getDeadlineMillis();
            } else if (event instanceof RoundClosed close) {
                closed++;
                assertThat(close.getRound()).isEqualTo(closed);
                assertThat(close.getCounted()).extracting(CountedUpdate::getClientId)
                        .containsExactlyInAnyOrderElementsOf(accepted).hasSizeGreaterThanOrEqualTo(quorum);
                assertThat(10L * close.getCounted().size())
                        .isGreaterThanOrEqualTo(spec.getFederation().getMinimumSamples());
            } else if (event instanceof UpdateRejected rejected && rejected.getReason() == RejectReason.LATE) {
                assertThat(rejected.getRound()).isLessThanOrEqualTo(closed);
                assertThat(late.add(rejected.getRound() + rejected.getClientId())).as("late twice").isTrue();
            }
        }
    }

    /** The generator must reach what the properties are about, or they say nothing. */
    @Test
    void shouldDrawRunsThatReachEveryKindOfDecision() {
        // Given
        Set<String> seen = new HashSet<>();

        // When
        for (long seed : seeds()) {
            List<List<SpecificRecord>> decisions = new ArrayList<>();
            play(seed, new ArrayList<>(), decisions, new ArrayList<>());
            decisions.stream().flatMap(List::stream).forEach(event ->
                    seen.add(event instanceof RoundOpened opened && opened.getAttempt() > 2 ? "third attempt"
                            : event instanceof UpdateRejected late && late.getReason() == RejectReason.LATE ? "late"
                            : Lines.of(List.of(event)).replaceAll("(ended \\w+|\\w+).*", "$1")
                                    + (event instanceof RoundClosed closed ? " " + closed.getReason() : "")));
        }

        // Then
        assertThat(seen).contains("third attempt", "late", "extend", "moved", "ended COMPLETED", "ended FAILED",
                "close ALL_IN", "close DEADLINE", "score");
    }

    private static RunSpec play(long seed, List<Input> inputs, List<List<SpecificRecord>> decisions,
            List<CoordinatorState> states) {
        Random random = new Random(seed);
        RunSpec spec = spec(random);
        CoordinatorState state = CoordinatorState.initial();
        long now = Recording.NOW;
        List<SpecificRecord> start = new ArrayList<>();
        CLIENTS.forEach(client -> start.add(Inputs.key(client)));
        CLIENTS.subList(0, 3).forEach(client -> start.add(Inputs.joined(client)));
        start.add(new RunSubmitted(spec));
        for (int i = 0; i < INPUTS; i++) {
            now += random.nextInt(120);
            SpecificRecord event = i < start.size() ? start.get(i) : draw(random, state, spec, now);
            Input input = new Input(event, now);
            List<SpecificRecord> decided = Coordinator.decide(state, input);
            for (SpecificRecord decision : decided) {
                state = Coordinator.apply(state, decision);
            }
            inputs.add(input);
            decisions.add(decided);
            states.add(state);
        }
        return spec;
    }

    private static RunSpec spec(Random random) {
        RunSpec spec = Specs.with(Specs.spec(RUN), "federation.clients", CLIENTS);
        spec = Specs.with(spec, "federation.rounds", 4);
        spec = Specs.with(spec, "federation.clientsPerRound", random.nextBoolean() ? 0 : 3);
        spec = Specs.with(spec, "federation.quorum", 1 + random.nextInt(3));
        spec = Specs.with(spec, "federation.minimumSamples", 10L * random.nextInt(4));
        spec = Specs.with(spec, "federation.onMissedQuorum",
                random.nextInt(3) == 0 ? MissedQuorum.FAIL : MissedQuorum.REOPEN);
        spec = Specs.with(spec, "federation.maxReopenings", random.nextInt(6));
        spec = Specs.with(spec, "federation.stallMillis", random.nextBoolean() ? 0L : 400L);
        return Specs.with(spec, "evaluation.everyRounds", random.nextInt(2));
    }

    /** What may come next: mostly what the run waits for, sometimes of another round, again, or too late. */
    private static SpecificRecord draw(Random random, CoordinatorState state, RunSpec spec, long now) {
        Run run = state.run(RUN).orElseThrow();
        String client = CLIENTS.get(random.nextInt(CLIENTS.size()));
        int round = 1 + random.nextInt(spec.getFederation().getRounds());
        int newest = run.in(Phase.RoundOpen.class).map(open -> open.opened().getRound()).orElse(round);
        List<Function<Random, SpecificRecord>> odd = List.of(
                any -> Inputs.joined(client), any -> Inputs.joined(client), any -> Inputs.leaving(client),
                any -> Inputs.clientFailed(RUN, newest, client),
                any -> Inputs.rejected(RUN, newest, client,
                        RejectReason.values()[any.nextInt(RejectReason.values().length)]),
                any -> Inputs.accepted(RUN, round, client), any -> Inputs.adapter(RUN, round),
                any -> Inputs.rejected(RUN, round, client, RejectReason.LATE),
                any -> Inputs.scored(RUN, client, round, round - 1), any -> Inputs.aligned(RUN, round, round));
        if (random.nextInt(4) == 0) {
            return odd.get(random.nextInt(odd.size())).apply(random);
        }
        if (state.deadlines().stream().anyMatch(deadline -> deadline.getDeadlineMillis() <= now)) {
            return state.deadlines().get(0);
        }
        return awaited(random, run, client, newest);
    }

    private static SpecificRecord awaited(Random random, Run run, String client, int round) {
        int adapter = run.versions().map(ModelVersions::adapterVersion).orElse(0);
        int emulator = run.versions().map(ModelVersions::emulatorVersion).orElse(0);
        if (run.phase() instanceof Phase.Compressing compressing) {
            return compressing.cut().isEmpty() ? Inputs.compressed(RUN) : Inputs.adapter(RUN, 0);
        } else if (run.phase() instanceof Phase.RoundOpen) {
            return random.nextInt(5) == 0 ? Inputs.accepted(RUN, round, client)
                    : Inputs.progressed(RUN, round, client, random.nextInt(3), random.nextInt(2));
        } else if (run.phase() instanceof Phase.Folding folding) {
            return Inputs.adapter(RUN, folding.closed().getNewAdapterVersion());
        } else if (run.phase() instanceof Phase.Aligning) {
            return Inputs.aligned(RUN, emulator + 1, adapter);
        } else if (run.phase() instanceof Phase.Evaluating) {
            return Inputs.evaluated(RUN, adapter, emulator, random.nextDouble());
        } else if (run.phase() instanceof Phase.Exporting) {
            return Inputs.exported(RUN, run.scoring().orElseThrow().opened().getAdapterVersion());
        }
        return run.scoring().<SpecificRecord>map(scoring -> Inputs.scored(RUN, client,
                scoring.opened().getAdapterVersion(), scoring.opened().getEmulatorVersion()))
                .orElse(Inputs.joined(client));
    }

    private static List<List<SpecificRecord>> decisionsFrom(CoordinatorState start, List<Input> inputs) {
        CoordinatorState state = start;
        List<List<SpecificRecord>> decisions = new ArrayList<>();
        for (Input input : inputs) {
            List<SpecificRecord> decided = Coordinator.decide(state, input);
            for (SpecificRecord decision : decided) {
                state = Coordinator.apply(state, decision);
            }
            decisions.add(decided);
        }
        return decisions;
    }

    private static List<String> clients(RoundOpened opened) {
        return opened.getCalled().stream().map(called -> called.getClientId()).toList();
    }
}
