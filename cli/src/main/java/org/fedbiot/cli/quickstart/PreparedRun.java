package org.fedbiot.cli.quickstart;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.cli.settings.SettingsTree;
import org.fedbiot.cli.simulation.LocalCluster;
import org.fedbiot.cli.simulation.RunDirectory;
import org.fedbiot.cli.simulation.RunPlan;
import org.fedbiot.cli.simulation.Simulation;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.worker.client.ClientData;

/**
 * A run with all that it needs, not started: every bad input has been found by now, and nothing is written but text.
 *
 * @param baseTypeBy what the base type was chosen by; empty where it was named
 */
record PreparedRun(RunSpec spec, RunDirectory directory, Map<String, ClientData> text, String baseTypeBy) {

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    /**
     * @param root where the run keeps its files, or null for a new directory below {@code .fedbiot}
     * @param label start of the run's id
     */
    static PreparedRun of(RunOptions options, Path root, String label) {
        ModelChoice choice = ModelChoice.of(options.model);
        return of(options, choice, options.tree(choice), root, label);
    }

    static PreparedRun of(RunOptions options, ModelChoice choice, SettingsTree tree, Path root, String label) {
        if (options.port < 0 || options.port > 65_535) {
            throw new UserError("--port " + options.port + ": a port is from 0 to 65535");
        }
        LocalCluster.requirePort(options.port);
        RunSettings settings = RunSettings.of(tree);
        BaseModel model = BaseModel.open(choice.location());
        SplitSpec split = RunPlan.split(settings.split(), model.config().layers());
        RunPlan.requireContext(settings.text(), model.config());
        String runId = label + "-" + LocalDateTime.now().format(STAMP) + "-seed" + settings.seed();
        TextSources sources = TextSources.of(options, choice, settings);
        RunDirectory directory = RunDirectory.create(
                root == null ? Path.of(".fedbiot", "runs", runId) : root);
        RunText text = sources.write(directory.data());
        RunSpec spec = RunPlan.spec(runId, settings, model, choice.name(), split, text.publicFile(),
                text.evaluationFile());
        return new PreparedRun(spec, directory, text.clients(), settings.split().baseTypeBy());
    }

    Simulation.Result start(int port, Consumer<RunRecord.Entry> live) {
        return start(port, live, cluster -> { });
    }

    /** @param beside told of the cluster before the run is submitted */
    Simulation.Result start(int port, Consumer<RunRecord.Entry> live, Consumer<LocalCluster> beside) {
        return Simulation.run(directory, directory.record(), spec, text, port, live, beside);
    }

    String summary() {
        return String.format(Locale.ROOT, "run %s: %s (%s%s), %d clients, %d rounds of %d steps, adapter of %d layers,"
                        + " emulator of %d of %d; files in %s",
                spec.getRunId(), spec.getModel().getName(), spec.getModel().getDataType(),
                baseTypeBy.isEmpty() ? "" : ": CPU has " + baseTypeBy,
                spec.getFederation().getClients().size(), spec.getFederation().getRounds(),
                spec.getTraining().getSteps(), spec.getSplit().getAdapterLayers().size(),
                spec.getSplit().getKeptLayers().size(), spec.getSplit().getTeacherLayers().size(), directory.root());
    }
}
