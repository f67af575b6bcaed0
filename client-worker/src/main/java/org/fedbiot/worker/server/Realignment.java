package org.fedbiot.worker.server;

import java.util.Objects;
import org.fedbiot.learning.method.AlignmentOutcome;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.worker.version.FactorVersions;
import org.fedbiot.worker.version.VersionCatalog;

/** Aligns the emulator to the full model again, with the round's adapter in both (design 3, step 7). */
final class Realignment implements ServerTask {

    private final FullModels models;
    private final VersionCatalog catalog;
    private final FactorVersions versions;
    private final EmulatorPublisher publisher;
    private final EmulatorTraining training;

    Realignment(FullModels models, VersionCatalog catalog, FactorVersions versions, EmulatorPublisher publisher,
            EmulatorTraining training) {
        this.models = Objects.requireNonNull(models, "models");
        this.catalog = Objects.requireNonNull(catalog, "catalog");
        this.versions = Objects.requireNonNull(versions, "versions");
        this.publisher = Objects.requireNonNull(publisher, "publisher");
        this.training = Objects.requireNonNull(training, "training");
    }

    @Override
    public void run(ServerTaskAssigned task, ServerTaskCompleted.Builder result, TaskReport report)
            throws InterruptedException {
        report.begin("load");
        try (RunModel model = RunModel.of(models.get(task.getSpec().getModel()), task.getSpec())) {
            EmulatorPublished last = catalog.emulator(task.getRunId(), task.getEmulatorVersion(),
                    task.getEmulatorSha256()).value();
            FactorVector adapter = model.adapter(versions.adapter(task.getRunId(), task.getAdapterVersion(),
                    task.getAdapterSha256()).value());
            FactorVector emulator = model.emulator(versions.emulator(task.getRunId(), task.getEmulatorVersion(),
                    task.getEmulatorSha256()).value());
            int version = task.getEmulatorVersion() + 1;
            AlignmentOutcome aligned = training.run(task, model, adapter, emulator, version,
                    task.getSpec().getAlignment().getSteps(), report);

            report.begin("publish");
            EmulatorPublished published = publisher.version(task.getRunId(), version, last.getBaseSha256(),
                    task.getAdapterVersion(), aligned.emulator());
            publisher.announce(published);
            result.setAlignment(training.result(task, published, task.getAdapterVersion(), aligned));
        }
    }
}
