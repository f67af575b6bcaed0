package org.fedbiot.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.fedbiot.cli.run.RunCosts;
import org.fedbiot.schemas.event.RunSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * That each method row is what its name says: which layers train, what travels, what alignment does, and whose text it
 * is. Twelve layers, an adapter of four, drop rate 0.2; sizes by small-model.
 */
class MethodRowsTest {

    private static final List<String> ALL = List.of("clinic", "depot", "cafe");
    private static final List<Integer> LAST = List.of(8, 9, 10, 11);
    private static final List<Integer> BOTH_ENDS = List.of(0, 1, 10, 11);
    private static final long LAYER_BYTES = 4L * 71_680 / 4;
    private static final long ADAPTER_BYTES = 4 * LAYER_BYTES;
    private static final long EMULATOR_BYTES = 6 * LAYER_BYTES;

    @TempDir
    Path temp;

    private List<PlannedCell> cells;

    @BeforeEach
    void plan() {
        cells = plan("methods: " + Method.labels() + "\nset: {training.proximalWeight: 0.0001}\nseeds: [0]\n");
    }

    @Test
    void shouldHoldTenLayersAndAlignBeforeAndBetweenRoundsInFedbiot() {
        RunSpec spec = spec("fedbiot");

        assertThat(spec.getSplit().getAdapterLayers()).isEqualTo(LAST);
        assertThat(spec.getSplit().getKeptLayers()).containsExactly(0, 1, 2, 4, 5, 7);
        assertThat(spec.getAlignment().getPreSteps()).isEqualTo(60);
        assertThat(spec.getTraining().getProximalWeight()).isEqualTo(0.0001);
        assertThat(spec.getFederation().getClients()).isEqualTo(ALL);
        RunCosts costs = costs("fedbiot");
        assertThat(costs.alignmentSteps()).isEqualTo(60 + 5 * 5);
        assertThat(costs.layersHeld()).isEqualTo(10);
        assertThat(costs.bytesUp()).isEqualTo(ADAPTER_BYTES);
        assertThat(costs.bytesDown()).isEqualTo(ADAPTER_BYTES + EMULATOR_BYTES);
    }

    @Test
    void shouldNeverAlignAndSendNoEmulatorInNoAlignment() {
        assertThat(costs("no-alignment").alignmentSteps()).isZero();
        assertThat(costs("no-alignment").bytesDown()).isEqualTo(ADAPTER_BYTES);
        assertThat(RunSpec.newBuilder(spec("no-alignment")).setAlignment(spec("fedbiot").getAlignment())
                .setRunId("fedbiot-seed0").build()).isEqualTo(spec("fedbiot"));
    }

    @Test
    void shouldAlignBeforeTheFirstRoundAloneInAlignOnce() {
        assertThat(costs("align-once").alignmentSteps()).isEqualTo(60);
        assertThat(costs("align-once").bytesDown()).isEqualTo(ADAPTER_BYTES);
        assertThat(RunSpec.newBuilder(spec("align-once")).setAlignment(spec("fedbiot").getAlignment())
                .setRunId("fedbiot-seed0").build()).isEqualTo(spec("fedbiot"));
    }

    @Test
    void shouldDropTheProximalTermAndNothingElseInNoProximal() {
        assertThat(spec("no-proximal").getTraining().getProximalWeight()).isZero();
        assertThat(RunSpec.newBuilder(spec("no-proximal")).setTraining(spec("fedbiot").getTraining())
                .setRunId("fedbiot-seed0").build()).isEqualTo(spec("fedbiot"));
    }

    @Test
    void shouldMoveHalfTheAdapterToTheFrontAndNothingElseInFrontBack() {
        RunSpec spec = spec("front-back");

        assertThat(spec.getSplit().getAdapterLayers()).isEqualTo(BOTH_ENDS);
        assertThat(spec.getSplit().getTeacherLayers()).isEqualTo(IntStream.range(2, 10).boxed().toList());
        assertThat(spec.getSplit().getKeptLayers()).containsExactly(2, 3, 4, 6, 7, 9);
        assertThat(costs("front-back").bytesUp()).isEqualTo(ADAPTER_BYTES);
        assertThat(costs("front-back").bytesDown()).isEqualTo(ADAPTER_BYTES + EMULATOR_BYTES);
        assertThat(RunSpec.newBuilder(spec).setSplit(spec("fedbiot").getSplit()).setRunId("fedbiot-seed0").build())
                .isEqualTo(spec("fedbiot"));
    }

    @Test
    void shouldNeitherAlignNorHoldClientsBackAtBothEndsInFedot() {
        assertThat(spec("fedot").getSplit()).isEqualTo(spec("front-back").getSplit());
        assertThat(costs("fedot").alignmentSteps()).isZero();
        assertThat(costs("fedot").bytesDown()).isEqualTo(ADAPTER_BYTES);
        assertThat(spec("fedot").getTraining()).isEqualTo(spec("no-proximal").getTraining());
        assertThat(spec("fedot").getFederation()).isEqualTo(spec("fedbiot").getFederation());
    }

    @Test
    void shouldGiveAllTextToOneClientWithTheStepsOfAllInOffsiteTuning() {
        RunSpec spec = spec("offsite-tuning");

        assertThat(spec.getFederation().getClients()).hasSize(1);
        assertThat(spec.getFederation().getQuorum()).isEqualTo(1);
        assertThat(cell("offsite-tuning").dealtTo()).isEqualTo(spec.getFederation().getClients());
        assertThat(spec.getTraining().getSteps()).isEqualTo(3 * spec("fedot").getTraining().getSteps());
        assertThat(RunSpec.newBuilder(spec).setFederation(spec("fedot").getFederation())
                .setTraining(spec("fedot").getTraining()).setRunId("fedot-seed0").build()).isEqualTo(spec("fedot"));
    }

    @Test
    void shouldBeFedbiotOfOneClientWithoutAlignmentAtBothEndsInOffsiteTuning() {
        // Given FedBiOT with those settings, to the letter
        PlannedCell fedbiot = plan("methods: [fedbiot]\nset: {federation.clients: "
                + spec("offsite-tuning").getFederation().getClients() + ", federation.quorum: 1, training.steps: 120,"
                + " alignment.preSteps: 0, alignment.steps: 0, split.frontAdapterLayers: 2,"
                + " split.backAdapterLayers: 2}\nseeds: [0]\n").get(0);

        // Then it is the same run, on the same text
        assertThat(RunSpec.newBuilder(fedbiot.spec().orElseThrow()).setRunId("offsite-tuning-seed0").build())
                .isEqualTo(spec("offsite-tuning"));
        assertThat(fedbiot.dealtTo()).isEqualTo(cell("offsite-tuning").dealtTo());
    }

    @Test
    void shouldTrainTheSameLoraInAllLayersOfTheModelInFedavgFull() {
        RunSpec spec = spec("fedavg-full");

        assertThat(spec.getSplit().getKeptLayers()).isEqualTo(IntStream.range(0, 8).boxed().toList());
        assertThat(spec.getSplit().getAdapterLayers()).isEqualTo(LAST);
        assertThat(spec.getExposure().getAllowAll()).isTrue();
        assertThat(costs("fedavg-full").layersHeld()).isEqualTo(12);
        assertThat(costs("fedavg-full").exposedShare()).isEqualTo(1);
        assertThat(costs("fedavg-full").alignmentSteps()).isZero();
        assertThat(costs("fedavg-full").bytesUp()).isEqualTo(ADAPTER_BYTES);
        assertThat(costs("fedavg-full").bytesDown()).isEqualTo(ADAPTER_BYTES);
    }

    @Test
    void shouldRunEachClientByItselfOnItsShareInLocalOnly() {
        List<PlannedCell> local = cells.stream().filter(cell -> cell.cell().method().equals("local-only")).toList();

        assertThat(local).extracting(cell -> cell.cell().part()).isEqualTo(ALL);
        assertThat(local).allSatisfy(cell -> {
            RunSpec spec = cell.spec().orElseThrow();
            assertThat(spec.getFederation().getClients()).containsExactly(cell.cell().part());
            assertThat(cell.dealtTo()).isEqualTo(ALL);
            assertThat(RunSpec.newBuilder(spec).setFederation(spec("fedbiot").getFederation())
                    .setRunId("fedbiot-seed0").build()).isEqualTo(spec("fedbiot"));
        });
    }

    private List<PlannedCell> plan(String yaml) {
        return PlannedCells.of(PlannedCells.file(temp, "name: rows\nmodel: small\n" + yaml));
    }

    private PlannedCell cell(String method) {
        return cells.stream().filter(cell -> cell.cell().method().equals(method)).findFirst().orElseThrow();
    }

    private RunSpec spec(String method) {
        return cell(method).spec().orElseThrow();
    }

    private RunCosts costs(String method) {
        return RunCosts.of(spec(method), PlannedCells.CONFIG);
    }
}
