package org.fedbiot.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.experiment.cost.TextMeasure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelectionTest {

    private static final String FAILED = "fedot-seed0";

    @TempDir
    private Path temp;
    private Experiment experiment;
    private ExperimentDirectory place;

    @BeforeEach
    void plan() {
        ExperimentFile file = PlannedCells.file(temp,
                "name: one\nmodel: small\nmethods: [fedbiot, no-proximal, fedot]\nseeds: [0, 1]\n");
        experiment = new Experiment(PlannedCells.plan(file, Map.of()), PlannedCells.of(file), PlannedCells.CONFIG,
                new TextMeasure(Optional.empty()), List.of(), List.of());
        place = new ExperimentDirectory(temp);
        place.fail(FAILED, "disk full");
    }

    @Test
    void shouldLeaveOutWhatFailedUntilToldToTryAgain() {
        assertThat(open(new Selection(List.of(), List.of(), false)))
                .containsExactly("fedbiot-seed0", "fedbiot-seed1", "fedot-seed1");
        assertThat(open(new Selection(List.of(), List.of(), true)))
                .containsExactly("fedbiot-seed0", FAILED, "fedbiot-seed1", "fedot-seed1");
        assertThat(place.failed(FAILED)).contains("disk full");
    }

    @Test
    void shouldLeaveOutWhatIsFinishedThoughItFailedBefore() throws IOException {
        Files.createFile(Files.createDirectories(place.record(FAILED)).resolve(CellLog.NAME));

        assertThat(open(new Selection(List.of(), List.of(), true))).doesNotContain(FAILED);
        assertThat(place.failed(FAILED)).isEmpty();
    }

    @Test
    void shouldRunARowThatSharesItsRunWithOneThatIsNotWanted() {
        assertThat(open(new Selection(List.of("no-proximal"), List.of(1L), false))).containsExactly("fedbiot-seed1");
    }

    @Test
    void shouldNameWhatTheExperimentDoesNotHave() {
        assertThatThrownBy(() -> new Selection(List.of("fedavg-full"), List.of(), false).requireKnown(experiment))
                .isInstanceOf(UserError.class)
                .hasMessage("--only fedavg-full: the experiment has [fedbiot, no-proximal, fedot]");
        assertThatThrownBy(() -> new Selection(List.of(), List.of(0L, -1L), false).requireKnown(experiment))
                .isInstanceOf(UserError.class).hasMessage("--seeds -1: the experiment has [0, 1]");
        new Selection(List.of("fedot"), List.of(1L), false).requireKnown(experiment);
    }

    private List<String> open(Selection selection) {
        return selection.open(experiment, place).stream().map(PlannedCell::id).toList();
    }
}
