package org.fedbiot.worker.server;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.fedbiot.learning.method.EvaluatedModel;
import org.fedbiot.learning.method.Evaluation;
import org.fedbiot.learning.method.EvaluationSet;
import org.fedbiot.learning.method.EvaluationTask;
import org.fedbiot.learning.method.Progress;
import org.fedbiot.learning.method.Score;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.MethodOptions;

/**
 * Scores factors in the owner's model on the owner's evaluation set, as a run's spec says. A server worker's task and
 * whoever scores again later go through here, so that the same factors get the same figures. One thread at a time.
 */
public final class OwnerEvaluation implements AutoCloseable {

    /**
     * What is scored.
     *
     * @param adapterVersion names the adapter in errors
     * @param adapter factors in canonical layout
     * @param emulatorVersion names the emulator in errors
     * @param emulator factors in canonical layout; needed for AdapEmu only
     */
    public record Versions(int adapterVersion, float[] adapter, int emulatorVersion, Optional<float[]> emulator) {
    }

    private final FullModels models;
    private final ServerTexts texts;
    private final ComputeGate gate;

    /** With a model of its own on the CPU, loaded when it is first asked for. */
    public OwnerEvaluation(ComputeGate gate) {
        this(new FullModels(ComputeDevice.CPU), new ServerTexts(), gate);
    }

    /** @param models kept for other tasks too; then their owner closes them, not this */
    OwnerEvaluation(FullModels models, ServerTexts texts, ComputeGate gate) {
        this.models = Objects.requireNonNull(models, "models");
        this.texts = Objects.requireNonNull(texts, "texts");
        this.gate = Objects.requireNonNull(gate, "gate");
    }

    /**
     * Whether a run's model is there and still the one that it was submitted for, before anything else costs time.
     *
     * @throws org.fedbiot.learning.BadInputException if it is not
     */
    public static void requireModel(RunSpec spec) {
        FullModel.open(spec.getModel());
    }

    /**
     * @param wanted models to score
     * @param progress gives who is told of the steps of a phase, under the lease that it is done under
     * @throws org.fedbiot.learning.BadInputException if the spec's model or evaluation set is not there or not the one
     *     that the run was submitted for
     * @throws InterruptedException if the thread is interrupted while it waits for cores
     */
    public Map<EvaluatedModel, Score> run(RunSpec spec, Set<EvaluatedModel> wanted, Versions versions,
            BiFunction<String, ComputeGate.Lease, Progress> progress) throws InterruptedException {
        if (versions.emulator().isEmpty() && wanted.contains(EvaluatedModel.ADAP_EMU)) {
            throw new IllegalArgumentException("AdapEmu needs the emulator's factors");
        }
        try (RunModel model = RunModel.of(models.get(spec.getModel()), spec)) {
            FactorVector adapter = model.adapter(versions.adapter());
            FactorVector emulator = versions.emulator().map(model::emulator)
                    .orElseGet(() -> FactorVector.zeros(model.split().emulatorLayout(model.lora())));
            EvaluationSet set = texts.evaluation(spec, model.full().tokenizer());
            try (ComputeGate.Lease lease = gate.acquire(spec.getResources().getServerThreads())) {
                return new Evaluation(model.split(), model.lora(), MethodOptions.evaluation(spec.getEvaluation()))
                        .run(new EvaluationTask(spec.getRunId(), versions.adapterVersion(),
                                versions.emulatorVersion(), spec.getSeed(), wanted, adapter, emulator), set,
                                progress.apply("evaluate", lease), progress.apply("generate", lease));
            }
        }
    }

    /** Lets go of the model. */
    @Override
    public void close() {
        models.close();
    }
}
