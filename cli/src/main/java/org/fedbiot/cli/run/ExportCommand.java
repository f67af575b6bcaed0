package org.fedbiot.cli.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.Cluster;
import org.fedbiot.cli.cluster.ClusterOptions;
import org.fedbiot.cli.cluster.DecisionHistory;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.simulation.LogFile;
import org.fedbiot.coordinator.Phase;
import org.fedbiot.coordinator.Run;
import org.fedbiot.learning.format.PeftExport;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.UnusableRecords;
import org.fedbiot.worker.version.FactorVersions;
import org.fedbiot.worker.version.PayloadMissingException;
import org.fedbiot.worker.version.VersionCatalog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A run's product, for whoever has the base model. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Write the adapter that a completed run chose as a directory for PEFT, from its log: neither the"
                + " model nor the server worker is needed.")
public final class ExportCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String runId;

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "Directory to be made.")
    private Path to;

    @Mixin
    private ClusterOptions options;

    @Mixin
    private Output output;

    /**
     * Where the product lies; the names of its JSON are public.
     *
     * @param model what PEFT shall load the adapter onto, by its owner's name
     */
    private record Exported(String runId, String adapter, int adapterVersion, String adapterSha256, String model) {

        List<String> lines() {
            return List.of(adapter, "  adapter version " + adapterVersion + " of run " + runId,
                    "  sha256 of its factors " + adapterSha256, "  for PEFT, onto " + model);
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        LogFile.open();
        Path target = to.toAbsolutePath().normalize();
        Exported exported;
        try (Cluster cluster = options.open(runId)) {
            Run run = DecisionHistory.read(cluster.kafka()).keptRun(runId);
            RunEnded ended = ended(run);
            write(cluster.kafka(), run, ended, target);
            exported = new Exported(runId, target.toString(), ended.getAdapterVersion(), ended.getAdapterSha256(),
                    run.spec().getModel().getName());
        }
        output.print(exported, exported::lines);
        return ExitCode.OK.code();
    }

    private static RunEnded ended(Run run) {
        RunEnded ended = run.in(Phase.Ended.class).map(Phase.Ended::ended).orElseThrow(() -> new UserError("run "
                + run.id() + ": has not ended, so it has chosen no adapter yet"));
        if (ended.getOutcome() != RunOutcome.COMPLETED) {
            throw new UserError("run " + run.id() + ": ended " + ended.getOutcome() + " and chose no adapter; fedbiot"
                    + " replay " + run.id() + " --to DIR writes the last one that its log holds");
        }
        return ended;
    }

    private static void write(KafkaSettings kafka, Run run, RunEnded ended, Path target) throws InterruptedException {
        String base = run.versions().orElseThrow(() -> new IllegalStateException("run " + run.id()
                + " completed without versions")).baseSha256();
        UnusableRecords unusable = UnusableRecords.logged("export");
        try (VersionCatalog catalog = new VersionCatalog(kafka, "fedbiot-export-manifests", unusable);
                FactorVersions versions = new FactorVersions(kafka, "fedbiot-export", catalog)) {
            BasePublished layout = catalog.base(run.id(), base).value();
            float[] values = versions.adapter(run.id(), ended.getAdapterVersion(), ended.getAdapterSha256()).value();
            PeftExport.write(target, run.spec().getModel().getName(), MethodOptions.lora(layout.getLora()),
                    FactorVector.of(MethodOptions.layout(layout.getAdapterLayout()), values));
        } catch (PayloadMissingException e) {
            throw new UserError("run " + run.id() + ": its log has a hole: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UserError(target + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
