package org.fedbiot.worker.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import org.fedbiot.learning.format.MergedExport;
import org.fedbiot.learning.format.PeftExport;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.schemas.event.ExportResult;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.version.FactorVersions;

/** Writes the product: the adapter for PEFT, and the full model with it folded in (design 3, step 8). */
final class Exporting implements ServerTask {

    private final Path directory;
    private final FullModels models;
    private final FactorVersions versions;

    Exporting(Path directory, FullModels models, FactorVersions versions) {
        this.directory = Objects.requireNonNull(directory, "directory");
        this.models = Objects.requireNonNull(models, "models");
        this.versions = Objects.requireNonNull(versions, "versions");
    }

    @Override
    public void run(ServerTaskAssigned task, ServerTaskCompleted.Builder result, TaskReport report)
            throws InterruptedException {
        RunSpec spec = task.getSpec();
        report.begin("load");
        try (RunModel model = RunModel.of(models.get(spec.getModel()), spec)) {
            FactorVector factors = model.adapter(versions.adapter(task.getRunId(), task.getAdapterVersion(),
                    task.getAdapterSha256()).value());
            Path run = directory.resolve(task.getRunId());
            Path adapter = run.resolve("adapter");
            Path merged = run.resolve("merged");
            report.begin("write");
            try {
                PeftExport.write(adapter, spec.getModel().getName(), model.lora(), factors);
                MergedExport.write(merged, model.full().files(), model.lora(), factors,
                        MethodOptions.baseType(spec.getModel().getDataType()));
            } catch (IOException e) {
                throw new UncheckedIOException("%s: cannot write: %s".formatted(run, e.getMessage()), e);
            }
            result.setExport(ExportResult.newBuilder().setAdapterVersion(task.getAdapterVersion())
                    .setAdapterDirectory(adapter.toString()).setMergedDirectory(merged.toString()).build());
        }
    }
}
