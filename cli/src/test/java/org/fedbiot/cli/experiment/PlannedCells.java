package org.fedbiot.cli.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fedbiot.cli.experiment.cost.TextShape;
import org.fedbiot.cli.experiment.cost.Texts;
import org.fedbiot.cli.settings.SettingsTree;
import org.fedbiot.learning.model.LlamaConfig;

/** Plans of experiments on a model that is nowhere: twelve layers, the shipped model's settings. */
final class PlannedCells {

    static final LlamaConfig CONFIG = new LlamaConfig(368, 128, 320, 12, 4, 2, 32, 10_000, 1e-5, true, 512);

    private static final Texts TEXTS = new Texts(new TextShape(300, 30, 6), new TextShape(100, 30, 6),
            new TextShape(2000, 20, 10), new TextShape(100, 30, 6));

    private PlannedCells() {
    }

    static ExperimentFile file(Path directory, String yaml) {
        try {
            return ExperimentFile.read(Files.writeString(directory.resolve("experiment.yaml"), yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<PlannedCell> of(ExperimentFile file) {
        return of(file, Map.of());
    }

    /** @param before ids by key */
    static List<PlannedCell> of(ExperimentFile file, Map<String, String> before) {
        return new Planning(file, new Planning.Model("small", Path.of("small"), "ab".repeat(32), CONFIG), base(file),
                Map.of(), before, (spec, dealt) -> TEXTS).cells();
    }

    static PlanFile plan(ExperimentFile file, Map<String, String> before) {
        return new PlanFile(file.name(), new PlanFile.Model("small", "ab".repeat(32)), base(file).root(), Map.of(), "",
                of(file, before).stream().map(PlanFile.Row::of).toList());
    }

    private static SettingsTree base(ExperimentFile file) {
        return SettingsTree.ofPreset("fedbiot-small").with(file.set()).named("experiment.yaml");
    }
}
