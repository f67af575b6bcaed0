package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.TaskKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A task may be done by two workers, when one of them lost its lease and went on: the first outcome is the one. */
class TaskRulesTest {

    private static final String RUN = HappyRun.RUN;

    @ParameterizedTest
    @EnumSource(value = HappyRun.Stage.class, names = {"COMPRESSING", "EVALUATING", "ALIGNING", "EXPORTING"})
    void shouldCountTheFirstOfTwoResultsOfOneTask(HappyRun.Stage stage) {
        // Given a run that waits for a task
        Recording recording = stage.reached();
        SpecificRecord result = resultAwaitedIn(stage);

        // When two workers bring its result
        List<SpecificRecord> first = recording.feed(result);
        List<SpecificRecord> second = recording.feed(result);

        // Then the second decides nothing
        assertThat(first).contains(result);
        assertThat(second).isEmpty();
        assertThat(Recording.fold(recording.log())).isEqualTo(recording.state());
    }

    @Test
    void shouldNotFailARunOverATaskThatAnotherWorkerHasDone() {
        // Given
        Recording recording = HappyRun.Stage.COMPRESSING.reached();
        recording.feed(Inputs.compressed(RUN));

        // When one that was cut off meanwhile says that it cannot be done
        List<SpecificRecord> late = recording.feed(Inputs.taskFailed(RUN, "compress", TaskKind.COMPRESS));

        // Then
        assertThat(late).isEmpty();
        assertThat(recording.state().phase(RUN, Phase.Compressing.class)).isPresent();
    }

    @Test
    void shouldNotTakeAResultForATaskThatFailed() {
        // Given
        Recording recording = HappyRun.Stage.COMPRESSING.reached();
        List<SpecificRecord> failed = recording.feed(Inputs.taskFailed(RUN, "compress", TaskKind.COMPRESS));

        // When
        List<SpecificRecord> late = recording.feed(Inputs.compressed(RUN));

        // Then
        assertThat(Lines.of(failed)).contains("ended FAILED");
        assertThat(late).isEmpty();
    }

    private static SpecificRecord resultAwaitedIn(HappyRun.Stage stage) {
        return switch (stage) {
            case COMPRESSING -> Inputs.compressed(RUN);
            case EVALUATING -> Inputs.evaluated(RUN, 1, 0, 1.5);
            case ALIGNING -> Inputs.aligned(RUN, 1, 1);
            case EXPORTING -> Inputs.exported(RUN, 2);
            default -> throw new IllegalArgumentException(stage + " waits for no task");
        };
    }
}
