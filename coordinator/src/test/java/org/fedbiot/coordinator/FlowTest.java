package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.Checkpoint;
import org.fedbiot.schemas.event.DeadlineReached;
import org.fedbiot.schemas.event.OptimiserState;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.TaskKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlowTest {

    private static final String RUN = "run";
    private static final List<String> CLIENTS = List.of("anna", "ben", "cleo");

    @ParameterizedTest
    @CsvSource({
        "1, 1, false, 1 a0 e0 | align-1 | 2 a1 e1 | align-2 | 3 a2 e2 | align-3 | 4 a3 e3",
        "1, 1, true, align-1 | 1 a0 e1 | align-2 | 2 a1 e2 | align-3 | 3 a2 e3 | align-4 | 4 a3 e4",
        "1, 2, false, 1 a0 e0 | 2 a1 e0 | align-1 | 3 a2 e1 | 4 a3 e1",
        "0, 1, true, 1 a0 e0 | 2 a1 e0 | 3 a2 e0 | 4 a3 e0"})
    void shouldAlignBeforeTheRoundsThatTheRunNames(int steps, int everyRounds, boolean beforeFirst, String expected) {
        // Given
        RunSpec spec = Specs.with(Specs.spec(RUN), "federation.rounds", 4);
        spec = Specs.with(spec, "alignment.steps", steps);
        spec = Specs.with(spec, "alignment.everyRounds", everyRounds);
        spec = Specs.with(spec, "alignment.beforeFirstRound", beforeFirst);
        List<String> lines = new ArrayList<>();

        // When
        Recording recording = Recording.inRoundOne(spec);
        play(recording, new double[] {1, 1, 1, 1});

        // Then
        for (SpecificRecord event : recording.log()) {
            String line = Lines.of(List.of(event));
            if (line.startsWith("open ")) {
                lines.add(line.replaceAll("open (.*) \\[.*", "$1"));
            } else if (line.startsWith("align-")) {
                lines.add(line.replaceAll(" .*", ""));
            }
        }
        assertThat(String.join(" | ", lines)).isEqualTo(expected);
        assertThat(recording.phase(RUN)).isInstanceOf(Phase.Ended.class);
    }

    @ParameterizedTest
    @CsvSource({"FINAL, 4, 3", "BEST, 2, 1"})
    void shouldExportTheCheckpointThatTheRunNames(Checkpoint checkpoint, int adapter, int emulator) {
        // Given
        RunSpec spec = Specs.with(Specs.spec(RUN), "federation.rounds", 4);
        spec = Specs.with(spec, "evaluation.everyRounds", 1);
        spec = Specs.with(spec, "evaluation.checkpoint", checkpoint);
        Recording recording = Recording.inRoundOne(spec);

        // When: version 2 scores lowest, version 3 not at all
        play(recording, new double[] {1.5, 1.1, Double.NaN, 1.3});

        // Then
        assertThat(recording.log().stream().map(event -> Lines.of(List.of(event))))
                .contains("score a" + adapter + " e" + emulator + " [anna, ben, cleo] until 6000",
                        "export-" + adapter + " round 4 a" + adapter + " e" + emulator);
        assertThat(recording.log()).last().isInstanceOfSatisfying(RunEnded.class, ended -> {
            assertThat(ended.getOutcome()).isEqualTo(RunOutcome.COMPLETED);
            assertThat(ended.getAdapterVersion()).isEqualTo(adapter);
            assertThat(ended.getAdapterSha256()).isEqualTo(Inputs.adapterSha256(adapter));
        });
    }

    @Test
    void shouldConsiderTheLastVersionForBestThoughNoIntervalFallsOnIt() {
        // Given
        RunSpec spec = Specs.with(Specs.spec(RUN), "federation.rounds", 3);
        spec = Specs.with(spec, "evaluation.everyRounds", 2);
        spec = Specs.with(spec, "evaluation.checkpoint", Checkpoint.BEST);
        Recording recording = Recording.inRoundOne(spec);

        // When
        play(recording, new double[] {0.1, 1.5, 1.2});

        // Then
        assertThat(taskIds(recording)).contains("evaluate-2", "evaluate-3", "export-3").doesNotContain("evaluate-1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHandOnOptimiserStateOnlyWhereItIsKept(boolean kept) {
        // Given
        RunSpec spec = Specs.with(Specs.spec(RUN), "federation.rounds", 3);
        spec = Specs.with(spec, "alignment.optimiserState", kept ? OptimiserState.KEPT : OptimiserState.RESET);
        Recording recording = Recording.inRoundOne(spec);

        // When
        play(recording, new double[] {1, 1, 1});

        // Then
        assertThat(tasks(recording).stream().filter(task -> task.getKind() == TaskKind.ALIGN)
                .map(ServerTaskAssigned::getOptimiserState))
                .isEqualTo(kept ? List.of(List.of(Inputs.moments(0)), List.of(Inputs.moments(1)))
                        : List.of(List.of(), List.of()));
    }

    @Test
    void shouldNameEveryTaskOnce() {
        // Given
        RunSpec spec = Specs.with(Specs.spec(RUN), "evaluation.everyRounds", 1);
        Recording recording = Recording.inRoundOne(spec);

        // When
        play(recording, new double[] {1, 1});

        // Then
        assertThat(taskIds(recording))
                .containsExactly("compress", "evaluate-1", "align-1", "evaluate-2", "export-2");
    }

    @Test
    void shouldEndWithoutTheScoresOfClientsThatFailedOrLeft() {
        // Given
        Recording recording = exported();

        // When
        List<SpecificRecord> failed = recording.feed(Inputs.clientFailed(RUN, 0, "anna"));
        recording.feed(Inputs.scored(RUN, "ben", 2, 1));
        List<SpecificRecord> left = recording.feed(Inputs.leaving("cleo"));

        // Then
        assertThat(Lines.of(failed)).isEqualTo("+ClientFailed");
        assertThat(Lines.of(left)).isEqualTo("+ClientLeaving, ended COMPLETED a2");
    }

    @Test
    void shouldEndAtTheEvaluationsDeadlineAndStillRecordAScoreAfterIt() {
        // Given
        Recording recording = exported();
        recording.feed(Inputs.scored(RUN, "ben", 2, 1));
        List<DeadlineReached> deadlines = recording.state().deadlines();

        // When
        List<SpecificRecord> atDeadline = recording.feed(deadlines.get(0));
        List<SpecificRecord> late = recording.feed(Inputs.scored(RUN, "anna", 2, 1));
        List<SpecificRecord> again = recording.feed(Inputs.scored(RUN, "anna", 2, 1));

        // Then
        assertThat(deadlines).containsExactly(new DeadlineReached(RUN, 0, Recording.NOW + 1_000));
        assertThat(Lines.of(atDeadline)).isEqualTo("+DeadlineReached, ended COMPLETED a2");
        assertThat(Lines.of(late)).isEqualTo("+ClientEvaluated");
        assertThat(again).isEmpty();
        assertThat(recording.state().run(RUN).orElseThrow().scoring().orElseThrow().scores().ids())
                .containsExactly("anna", "ben");
        assertThat(Recording.fold(recording.log())).isEqualTo(recording.state());
    }

    @Test
    void shouldIgnoreScoresOfOtherVersionsAndOfStrangers() {
        // Given
        Recording recording = exported();

        // When
        List<SpecificRecord> decisions = new ArrayList<>();
        decisions.addAll(recording.feed(Inputs.scored(RUN, "anna", 1, 1)));
        decisions.addAll(recording.feed(Inputs.scored(RUN, "anna", 2, 0)));
        decisions.addAll(recording.feed(Inputs.scored(RUN, "mallory", 2, 1)));

        // Then
        assertThat(decisions).isEmpty();
    }

    @Test
    void shouldFailOnAResultWithoutItsPart() {
        // Given
        Recording recording = Recording.withClients("anna", "ben", "cleo");
        recording.feed(new RunSubmitted(Specs.spec(RUN)));
        ServerTaskCompleted bare = Inputs.completed(RUN, "compress", TaskKind.COMPRESS).build();

        // When
        List<SpecificRecord> decisions = recording.feed(bare);

        // Then
        assertThat(decisions).singleElement().isInstanceOfSatisfying(RunEnded.class, ended ->
                assertThat(ended.getReason()).contains("compress", "worker-1", "no compression result"));
    }

    @Test
    void shouldFailOnACutOfAnotherModel() {
        // Given
        Recording recording = Recording.withClients("anna", "ben", "cleo");
        recording.feed(new RunSubmitted(Specs.with(Specs.spec(RUN), "model.sha256", "cd".repeat(32))));

        // When
        List<SpecificRecord> decisions = recording.feed(Inputs.compressed(RUN));

        // Then
        assertThat(decisions).singleElement().isInstanceOfSatisfying(RunEnded.class, ended ->
                assertThat(ended.getReason()).contains("model.sha256", "cd".repeat(32), Specs.MODEL));
    }

    @Test
    void shouldKeepInterleavedRunsApart() {
        // Given
        Recording alone = Recording.inRoundOne(Specs.spec(RUN));
        play(alone, new double[] {1, 1});
        Recording both = Recording.inRoundOne(Specs.spec(RUN));
        both.feed(new RunSubmitted(Specs.spec("other")));
        both.feed(Inputs.compressed("other"));
        both.feed(Inputs.adapter("other", 0));
        both.feed(Inputs.accepted("other", 1, "anna"));

        // When
        play(both, new double[] {1, 1});

        // Then
        assertThat(both.state().run(RUN)).isEqualTo(alone.state().run(RUN));
        assertThat(both.phase("other")).isInstanceOf(Phase.RoundOpen.class);
    }

    /** All but the clients' scores. */
    private static Recording exported() {
        Recording recording = Recording.inRoundOne(Specs.spec(RUN));
        while (!(recording.phase(RUN) instanceof Phase.AwaitingScores)) {
            step(recording, new double[] {1, 1});
        }
        return recording;
    }

    private static void play(Recording recording, double[] adapFuNll) {
        while (!recording.state().run(RUN).orElseThrow().isEnded()) {
            step(recording, adapFuNll);
        }
    }

    /** Answers whatever the run waits for, as the other processes would. */
    private static void step(Recording recording, double[] adapFuNll) {
        Run run = recording.state().run(RUN).orElseThrow();
        ModelVersions versions = run.versions().orElseThrow();
        int adapter = versions.adapterVersion();
        int emulator = versions.emulatorVersion();
        run.in(Phase.RoundOpen.class).ifPresent(round -> CLIENTS.forEach(client ->
                recording.feed(Inputs.accepted(RUN, round.opened().getRound(), client))));
        run.in(Phase.Folding.class).ifPresent(folding ->
                recording.feed(Inputs.adapter(RUN, folding.closed().getNewAdapterVersion())));
        run.in(Phase.Aligning.class).ifPresent(aligning ->
                recording.feed(Inputs.aligned(RUN, emulator + 1, adapter)));
        run.in(Phase.Evaluating.class).ifPresent(evaluating ->
                recording.feed(Inputs.evaluated(RUN, adapter, emulator, adapFuNll[adapter - 1])));
        run.scoring().map(ClientScoring::opened).ifPresent(opened -> {
            if (run.phase() instanceof Phase.Exporting) {
                recording.feed(Inputs.exported(RUN, opened.getAdapterVersion()));
            } else {
                CLIENTS.forEach(client -> recording.feed(Inputs.scored(RUN, client, opened.getAdapterVersion(),
                        opened.getEmulatorVersion())));
            }
        });
    }

    private static List<String> taskIds(Recording recording) {
        return tasks(recording).stream().map(ServerTaskAssigned::getTaskId).toList();
    }

    private static List<ServerTaskAssigned> tasks(Recording recording) {
        return recording.log().stream().filter(ServerTaskAssigned.class::isInstance)
                .map(ServerTaskAssigned.class::cast).toList();
    }
}
