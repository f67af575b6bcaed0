package org.fedbiot.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanFileTest {

    private static final String BEFORE = "methods: [fedbiot, front-back]\nseeds: [0]\ngrid: {lora.rank: [8, 16]}\n";

    @TempDir
    Path temp;

    @Test
    void shouldReadBackWhatItWrote() {
        PlanFile plan = plan(BEFORE);

        plan.write(temp.resolve("experiment.json"));

        assertThat(PlanFile.read(temp.resolve("experiment.json"))).contains(plan);
        assertThat(PlanFile.read(temp.resolve("other.json"))).isEmpty();
    }

    @Test
    void shouldLetAnExperimentGrow() {
        assertThat(differences("methods: [fedbiot, align-once, front-back]\nseeds: [0, 1]\n"
                + "grid: {lora.rank: [4, 8, 16]}")).isEmpty();
        assertThat(differences(BEFORE.replace("]}", "], data.partition: [iid, meta]}")))
                .as("a new axis at whose first place the old cells lie").isEmpty();
    }

    @Test
    void shouldSayWhichSettingDiffers() {
        assertThat(differences("set: {training.steps: 41}\n" + BEFORE))
                .containsExactly("settings training.steps was 40, is 41");
    }

    @Test
    void shouldSayWhichRowsAreGone() {
        assertThat(differences(BEFORE.replace("16", "32"))).containsExactly(
                "fedbiot, lora.rank 16, seed 0: no cell of the file any more",
                "front-back, lora.rank 16, seed 0: no cell of the file any more");
    }

    @Test
    void shouldSayWhatAVariantHasBecome() {
        PlanFile before = plan("methods: [fedbiot]\nseeds: [0]\nvariants: {warm: {alignment.warmupSteps: 5}}");
        PlanFile later = plan("methods: [fedbiot]\nseeds: [0]\nvariants: {warm: {alignment.warmupSteps: 6}}");

        assertThat(before.differences(later))
                .containsExactly("fedbiot, variant warm, seed 0: alignment.warmupSteps was 5, is 6");
    }

    private List<String> differences(String later) {
        PlanFile before = plan(BEFORE);
        return before.differences(PlannedCells.plan(file(later), before.ids()));
    }

    private PlanFile plan(String yaml) {
        return PlannedCells.plan(file(yaml), Map.of());
    }

    private ExperimentFile file(String yaml) {
        return PlannedCells.file(temp, "name: one\nmodel: small\n" + yaml);
    }
}
