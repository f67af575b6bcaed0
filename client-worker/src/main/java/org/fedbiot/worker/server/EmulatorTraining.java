package org.fedbiot.worker.server;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.fedbiot.learning.method.Alignment;
import org.fedbiot.learning.method.AlignmentOptions;
import org.fedbiot.learning.method.AlignmentOutcome;
import org.fedbiot.learning.method.AlignmentTask;
import org.fedbiot.learning.method.OptimiserState;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.torch.AdamW;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.MethodOptions;

/** Alignment under the gate, with the moments that a run may keep: what COMPRESS and ALIGN have in common. */
final class EmulatorTraining {

    private final ServerTexts texts;
    private final KeptMoments moments;
    private final ComputeGate gate;

    EmulatorTraining(ServerTexts texts, KeptMoments moments, ComputeGate gate) {
        this.texts = Objects.requireNonNull(texts, "texts");
        this.moments = Objects.requireNonNull(moments, "moments");
        this.gate = Objects.requireNonNull(gate, "gate");
    }

    /**
     * Makes an emulator version; with no steps it only measures.
     *
     * @param version to make
     */
    AlignmentOutcome run(ServerTaskAssigned task, RunModel model, FactorVector adapter, FactorVector emulator,
            int version, int steps, TaskReport report) throws InterruptedException {
        RunSpec spec = task.getSpec();
        report.begin("read");
        ServerTexts.AlignmentText text = texts.alignment(spec, model.full().tokenizer());
        AlignmentOptions options = MethodOptions.alignment(spec.getAlignment());
        Optional<AdamW.State> kept = options.optimiserState() == OptimiserState.KEPT
                ? moments.fetch(task.getRunId(), task.getOptimiserState()) : Optional.empty();
        AlignmentTask alignment = new AlignmentTask(task.getRunId(), version, seedVersion(spec, version), steps,
                spec.getSeed(), emulator, adapter, kept);
        try (ComputeGate.Lease lease = gate.acquire(spec.getResources().getServerThreads())) {
            return new Alignment(model.split(), model.lora(), options).run(alignment, text.records(), text.heldOut(),
                    report.phase("align", lease));
        }
    }

    /** A fork goes on in its origin's count, so that an unchanged one repeats the origin's alignments. */
    private static int seedVersion(RunSpec spec, int version) {
        return spec.getFork() == null ? version : version + spec.getFork().getEmulatorOffset();
    }

    /** What the task's result says of it; publishes the moments where they are kept. */
    AlignmentResult result(ServerTaskAssigned task, EmulatorPublished version, int adapterVersion,
            AlignmentOutcome outcome) throws InterruptedException {
        boolean kept = MethodOptions.alignment(task.getSpec().getAlignment()).optimiserState() == OptimiserState.KEPT;
        return AlignmentResult.newBuilder().setEmulatorVersion(version.getVersion())
                .setEmulatorSha256(version.getSha256()).setAdapterVersion(adapterVersion)
                .setSteps(outcome.stepLosses().size()).setBefore(MethodOptions.loss(outcome.before()))
                .setAfter(MethodOptions.loss(outcome.after()))
                .setOptimiserState(kept ? moments.publish(task.getRunId(), outcome.moments()) : List.of()).build();
    }
}
