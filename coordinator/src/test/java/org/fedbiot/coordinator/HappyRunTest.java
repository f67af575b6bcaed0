package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.fedbiot.coordinator.HappyRun.RUN;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.TaskKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HappyRunTest {

    @Test
    void shouldDecideAWholeRunAsTheTableSays() {
        // Given
        List<String> table = List.of(
                "+ClientKeyRegistered", "+ClientKeyRegistered", "+ClientKeyRegistered",
                "+RunAccepted, compress round 0 a-1 e-1",
                "+ServerTaskCompleted",
                "+AdapterPublished",
                "+ClientJoined",
                "+ClientJoined, open 1 a0 e0 [anna, cleo] until 6000",
                "+ClientJoined",
                "+UpdateAccepted",
                "+UpdateAccepted, close 1 a0->a1 ALL_IN [anna, cleo]",
                "+AdapterPublished, evaluate-1 round 1 a1 e0",
                "+ServerTaskCompleted, align-1 round 2 a1 e0",
                "+ServerTaskCompleted, open 2 a1 e1 [anna, ben, cleo] until 6000",
                "+UpdateAccepted",
                "+UpdateAccepted",
                "+UpdateAccepted, close 2 a1->a2 ALL_IN [anna, ben, cleo]",
                "+AdapterPublished, evaluate-2 round 2 a2 e1",
                "+ServerTaskCompleted, score a2 e1 [anna, ben, cleo] until 6000, export-2 round 2 a2 e1",
                "+ClientEvaluated",
                "+ServerTaskCompleted",
                "+ClientEvaluated",
                "+ClientEvaluated, ended COMPLETED a2");
        Recording recording = new Recording();

        // When
        List<String> lines = HappyRun.inputs().stream().map(input -> Lines.of(recording.feed(input))).toList();

        // Then
        assertThat(lines).containsExactlyElementsOf(table);
    }

    @ParameterizedTest
    @EnumSource
    void shouldStandInThePhaseOfItsStage(HappyRun.Stage stage) {
        // When
        Recording recording = stage.reached();

        // Then
        assertThat(recording.phase(RUN)).isInstanceOf(stage.phase);
    }

    @Test
    void shouldFoldTheLogAloneToTheLiveStateAfterEveryInput() {
        // Given
        Recording recording = new Recording();

        for (SpecificRecord input : HappyRun.inputs()) {
            // When
            recording.feed(input);

            // Then
            assertThat(Recording.fold(recording.log())).isEqualTo(recording.state());
        }
    }

    @Test
    void shouldDecideNothingOnARepeatOfAnyEarlierInput() {
        // Given
        List<SpecificRecord> inputs = HappyRun.inputs();
        Recording recording = new Recording();

        for (int fed = 0; fed < inputs.size(); fed++) {
            recording.feed(inputs.get(fed));
            for (SpecificRecord earlier : inputs.subList(0, fed + 1)) {
                // When
                List<SpecificRecord> decisions = Coordinator.decide(recording.state(), new Input(earlier, 9_000));

                // Then
                assertThat(decisions).as("%s again after input %s", earlier, fed).isEmpty();
            }
        }
    }

    /** A worker that is slow to die may say the same thing with other figures. */
    @Test
    void shouldDecideNothingOnASecondResultOfADoneTaskOrUpdate() {
        // Given
        Recording recording = HappyRun.Stage.EXPORTING.reached();

        // When
        List<SpecificRecord> decisions = new ArrayList<>();
        decisions.addAll(recording.feed(
                ServerTaskCompleted.newBuilder(Inputs.compressed(RUN)).setWorker("late").build()));
        decisions.addAll(recording.feed(Inputs.evaluated(RUN, 2, 1, 0.1)));
        decisions.addAll(recording.feed(Inputs.accepted(RUN, 1, "ben", 99, 99)));

        // Then
        assertThat(decisions).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldDecideNothingOnInputsOfAnUnknownRun(HappyRun.Stage stage) {
        // Given
        Recording recording = stage.reached();
        List<SpecificRecord> foreign = List.of(Inputs.compressed("other"), Inputs.adapter("other", 0),
                Inputs.adapter("other", 1), Inputs.accepted("other", 1, "anna"), Inputs.evaluated("other", 1, 0, 1),
                Inputs.aligned("other", 1, 1), Inputs.exported("other", 2), Inputs.scored("other", "anna", 2, 1),
                Inputs.clientFailed("other", 1, "anna"), Inputs.clientFailed("other", 0, "anna"),
                Inputs.cancel("other"), Inputs.taskFailed("other", "compress", TaskKind.COMPRESS));

        // When
        List<SpecificRecord> decisions = new ArrayList<>();
        foreign.forEach(input -> decisions.addAll(recording.feed(input)));

        // Then
        assertThat(decisions).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COMPLETED")
    void shouldEndACancelledRunInEveryPhase(HappyRun.Stage stage) {
        // Given
        Recording recording = stage.reached();

        // When
        List<SpecificRecord> decisions = recording.feed(Inputs.cancel(RUN));

        // Then
        assertThat(decisions).hasSize(2);
        assertThat(decisions.get(0)).isEqualTo(Inputs.cancel(RUN));
        assertThat(decisions.get(1)).isInstanceOfSatisfying(RunEnded.class, ended -> {
            assertThat(ended.getOutcome()).isEqualTo(RunOutcome.CANCELLED);
            assertThat(ended.getReason()).contains("enough");
        });
        assertThat(recording.phase(RUN)).isInstanceOf(Phase.Ended.class);
        assertThat(recording.state().deadlines()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeNothingFurtherOnceCancelled(HappyRun.Stage stage) {
        // Given
        Recording recording = stage.reached();
        recording.feed(Inputs.cancel(RUN));
        Phase ended = recording.phase(RUN);

        // When
        List<SpecificRecord> decisions = new ArrayList<>();
        HappyRun.inputs().stream()
                .filter(input -> input.getSchema().getField("runId") != null && !(input instanceof ClientEvaluated))
                .forEach(input -> decisions.addAll(recording.feed(input)));
        decisions.addAll(recording.feed(Inputs.cancel(RUN)));

        // Then
        assertThat(decisions).isEmpty();
        assertThat(recording.phase(RUN)).isEqualTo(ended);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailOnlyOnTheFailureOfTheTaskUnderWay(HappyRun.Stage stage) {
        // Given
        Recording recording = stage.reached();
        List<String> waitsFor = recording.state().run(RUN).orElseThrow().phase().taskId().stream().toList();
        List<String> failing = new ArrayList<>();

        for (String task : List.of("compress", "align-1", "evaluate-1", "evaluate-2", "export-2")) {
            // When
            TaskKind kind = TaskKind.valueOf(task.replaceAll("-.*", "").toUpperCase(Locale.ROOT));
            List<SpecificRecord> decisions = Coordinator.decide(recording.state(),
                    new Input(Inputs.taskFailed(RUN, task, kind), 0));

            // Then
            if (!decisions.isEmpty()) {
                failing.add(task);
                assertThat(decisions).hasSize(2);
                assertThat(decisions.get(1)).isInstanceOfSatisfying(RunEnded.class, ended -> {
                    assertThat(ended.getOutcome()).isEqualTo(RunOutcome.FAILED);
                    assertThat(ended.getReason()).contains(task, "worker-1", "disk full");
                });
            }
        }
        assertThat(failing).isEqualTo(waitsFor);
    }
}
