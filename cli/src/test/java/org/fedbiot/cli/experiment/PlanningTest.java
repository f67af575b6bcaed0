package org.fedbiot.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.event.RunSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanningTest {

    @TempDir
    Path temp;

    @Test
    void shouldMakeAWholeTableOfEachSeedBeforeTheNext() {
        List<PlannedCell> cells = plan("methods: [fedbiot, no-alignment]\nseeds: [0, 1]\n"
                + "grid: {data.task: [A, B]}");

        assertThat(cells).extracting(PlannedCell::id).containsExactly(
                "fedbiot-a-seed0", "no-alignment-a-seed0", "fedbiot-b-seed0", "no-alignment-b-seed0",
                "fedbiot-a-seed1", "no-alignment-a-seed1", "fedbiot-b-seed1", "no-alignment-b-seed1");
        assertThat(cells).allSatisfy(cell -> assertThat(spec(cell).getRunId()).isEqualTo(cell.id()));
        assertThat(spec(cells.get(4)).getSeed()).isEqualTo(1);
    }

    @Test
    void shouldSetTheMethodOverThePointAndThePointOverTheFile() {
        PlannedCell cell = plan("methods: [no-alignment]\nseeds: [3]\n"
                + "set: {training.steps: 7, alignment.learningRate: 0.5}\n"
                + "grid: {training.steps: [9], alignment.steps: [4]}").get(0);

        assertThat(spec(cell).getTraining().getSteps()).isEqualTo(9);
        assertThat(spec(cell).getAlignment().getSteps()).isZero();
        assertThat(spec(cell).getAlignment().getLearningRate()).isEqualTo(0.5);
        assertThat(cell.cell().point()).isEqualTo(Map.of("training.steps", "9", "alignment.steps", "4"));
    }

    @Test
    void shouldRunOnceWhatIsEqualInSeveralRows() {
        // Given a ceiling, which has no drop rate, and a proximal weight that is nothing anyway
        List<PlannedCell> cells = plan("methods: [fedbiot, no-proximal, fedavg-full]\nseeds: [0]\n"
                + "grid: {split.dropRate: [0.2, 0.5]}");

        assertThat(cells).extracting(PlannedCell::id).containsExactly("fedbiot-0-2-seed0", "fedbiot-0-2-seed0",
                "fedavg-full-0-2-seed0", "fedbiot-0-5-seed0", "fedbiot-0-5-seed0", "fedavg-full-0-2-seed0");
        assertThat(cells.get(2).spec()).isEqualTo(cells.get(5).spec());
    }

    @Test
    void shouldTellRunsApartByTheTextThatTheyAreAlignedOn() {
        List<PlannedCell> cells = plan("methods: [fedbiot]\nseeds: [0]\n"
                + "grid: {data.publicText: [general, random-tokens]}");

        assertThat(cells).extracting(cell -> spec(cell).getServerData().getPublicLocation())
                .containsExactly("generated:general", "generated:random-tokens");
        assertThat(cells).extracting(PlannedCell::id).doesNotHaveDuplicates();
    }

    @Test
    void shouldMakeARowWithItsReasonOfWhatIsNotPossible() {
        List<PlannedCell> cells = plan("methods: [fedbiot, front-back]\nseeds: [0]\n"
                + "grid: {split.backAdapterLayers: [1, 11]}");

        assertThat(cells).extracting(cell -> cell.spec().isPresent()).containsExactly(true, false, false, false);
        assertThat(cells.get(1).problem()).contains("no half at the front");
        assertThat(cells.get(2).problem()).contains("leave 1 emulator layers");
    }

    @Test
    void shouldRefuseASettingThatIsUnknownOrOfTheWrongType() {
        assertThatThrownBy(() -> plan("methods: [fedbiot]\nseeds: [0]\ngrid: {split.dropRat: [0.2]}"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("experiment.yaml: split.dropRat: unknown key, nearest is dropRate");
        assertThatThrownBy(() -> plan("methods: [fedbiot]\nseeds: [0]\ngrid: {lora.rank: [many]}"))
                .isInstanceOf(UserError.class).hasMessageContaining("lora.rank: a whole number is expected");
    }

    @Test
    void shouldHaveEachClientForItselfWithTheTextThatItHasAmongAll() {
        List<PlannedCell> cells = plan("methods: [local-only]\nseeds: [0]");

        assertThat(cells).extracting(cell -> cell.cell().part()).containsExactly("clinic", "depot", "cafe");
        assertThat(cells).extracting(PlannedCell::id).doesNotHaveDuplicates();
        assertThat(cells).allSatisfy(cell -> {
            assertThat(spec(cell).getFederation().getClients()).containsExactly(cell.cell().part());
            assertThat(cell.dealtTo()).containsExactly("clinic", "depot", "cafe");
        });
    }

    @Test
    void shouldPoolAllTextAndAllStepsForOffsiteTuning() {
        PlannedCell cell = plan("methods: [offsite-tuning]\nseeds: [0]\nset: {training.steps: 40}").get(0);

        assertThat(spec(cell).getFederation().getClients()).hasSize(1).isEqualTo(cell.dealtTo());
        assertThat(spec(cell).getTraining().getSteps()).isEqualTo(3 * 40);
        assertThat(spec(cell).getSplit().getAdapterLayers()).containsExactly(0, 1, 10, 11);
        assertThat(spec(cell).getAlignment().getPreSteps()).isZero();
    }

    @Test
    void shouldHoldTheReferencesBudgetEqualAtEachPoint() {
        // Given
        String rows = "methods: [fedbiot, no-alignment, offsite-tuning, local-only, fedavg-full]\nseeds: [0]\n"
                + "set: {training.steps: 40, federation.rounds: 6}\n";

        // When
        List<PlannedCell> free = plan(rows);
        List<PlannedCell> steps = plan(rows + "budget: client-steps\n");
        List<PlannedCell> compute = plan(rows + "budget: compute\n");
        List<PlannedCell> bytes = plan(rows + "budget: bytes\n");

        // Then: methods have the reference's client steps as they are; what is saved of the server's goes to clients
        assertThat(steps).extracting(PlannedCell::key).isEqualTo(free.stream().map(PlannedCell::key).toList());
        assertThat(compute).extracting(cell -> spec(cell).getTraining().getSteps()).first().isEqualTo(40);
        assertThat(spec(compute.get(1)).getTraining().getSteps()).isGreaterThan(40);
        assertThat(spec(compute.get(2)).getTraining().getSteps()).isNotEqualTo(3 * 40);
        assertThat(compute.get(1).cell().settings()).containsKey("training.steps");
        assertThat(bytes).extracting(cell -> spec(cell).getTraining().getSteps())
                .containsExactly(40, 40, 120, 40, 40, 40, 40);
        assertThat(spec(bytes.get(0)).getFederation().getRounds()).isEqualTo(6);
        assertThat(spec(bytes.get(1)).getFederation().getRounds()).isGreaterThan(6);
    }

    @Test
    void shouldLetARunKeepItsNameWhenTheExperimentGrows() {
        ExperimentFile small = file("methods: [no-proximal]\nseeds: [1]");
        Map<String, String> ids = PlannedCells.plan(small, Map.of()).ids();

        List<PlannedCell> grown = PlannedCells.of(file("methods: [fedbiot, no-proximal]\nseeds: [0, 1]"), ids);

        assertThat(grown).extracting(PlannedCell::id).as("a run that one row has serves the other").containsExactly(
                "fedbiot-seed0", "fedbiot-seed0", "no-proximal-seed1", "no-proximal-seed1");
    }

    @Test
    void shouldKeepNamesShortAndApart() {
        String letters = "m".repeat(40);
        List<PlannedCell> cells = plan("methods: [fedbiot]\nseeds: [0]\nvariants: {" + letters + "-one: {lora.rank: 2}, "
                + letters + "-two: {lora.rank: 4}, " + letters + "-ONE: {lora.rank: 6}}");

        assertThat(cells.stream().map(PlannedCell::id).collect(Collectors.toSet())).hasSize(3)
                .allSatisfy(id -> assertThat(id).matches("[a-z0-9][a-z0-9-]{0,62}"));
    }

    private List<PlannedCell> plan(String yaml) {
        return PlannedCells.of(file(yaml));
    }

    private ExperimentFile file(String yaml) {
        return PlannedCells.file(temp, "name: one\nmodel: small\n" + yaml);
    }

    private static RunSpec spec(PlannedCell cell) {
        return cell.spec().orElseThrow(() -> new AssertionError(cell.problem()));
    }
}
