package org.fedbiot.learning.method;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import org.fedbiot.learning.data.BatchOrder;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.torch.AdamW;
import org.fedbiot.learning.torch.Torch;

/**
 * The server's distillation of the emulator to the teacher stack on public records (fedbiot-method 1.4). Trains the
 * emulator's factors alone; LoRA dropout acts on them alone, and not on the frozen adapter. A result is a function of
 * model, options, task and records.
 */
public final class Alignment {
    private final SplitModel model;
    private final LoraSpec lora;
    private final AlignmentOptions options;

    /** Over the full model, which stays the caller's. */
    public Alignment(SplitModel model, LoraSpec lora, AlignmentOptions options) {
        if (!model.holdsFull()) {
            throw new IllegalArgumentException("Alignment needs the full model, which a client does not hold");
        }
        this.model = model;
        this.lora = lora;
        this.options = options;
    }

    /**
     * The emulator that a run starts from, before any alignment: B zero, so that it is its base layers.
     *
     * @param seed of the run
     */
    public static FactorVector initialEmulator(SplitModel model, LoraSpec lora, long seed) {
        return FactorVector.initial(model.emulatorLayout(lora), Seeds.derive(seed, "emulator", "init"));
    }

    /**
     * Adapter version 0: B zero, so that it is its base layers.
     *
     * @param seed of the run
     */
    public static FactorVector initialAdapter(SplitModel model, LoraSpec lora, long seed) {
        return FactorVector.initial(model.adapterLayout(lora), Seeds.derive(seed, "adapter", "init"));
    }

    /**
     * Aligns.
     *
     * @param records public, to train on; may be empty if there is no step to take
     * @param heldOut public, to measure on before and after; none of {@code records}
     * @throws NonFiniteLossException naming run, emulator version and step
     * @throws IllegalArgumentException if records are missing, or a version has another layout than the split
     */
    public AlignmentOutcome run(AlignmentTask task, List<TokenizedExample> records, List<TokenizedExample> heldOut,
            Progress progress) {
        String where = "Run " + task.runId() + ", alignment for emulator version " + task.emulatorVersion();
        Factors.requireLayout(where + ", emulator", task.emulator(), model.emulatorLayout(lora));
        Factors.requireLayout(where + ", adapter", task.adapter(), model.adapterLayout(lora));
        if (heldOut.isEmpty()) {
            throw new IllegalArgumentException(where + ": there is no held-out public record to measure on");
        }
        long seed = Seeds.derive(task.seed(), "align", task.seedVersion());
        double rate = options.optimiser().learningRate();
        List<Double> losses = new ArrayList<>();
        try (NDManager manager = Torch.newManager(model.weights().device());
                LoraParameters emulator = new LoraParameters(manager, task.emulator(), lora, true);
                LoraParameters adapter = new LoraParameters(manager, task.adapter(), lora, false);
                AdamW optimiser = new AdamW(manager, options.optimiser().adamW(), emulator.arrays())) {
            AlignmentStep work = new AlignmentStep(model, lora, options, emulator, adapter, seed);
            try (HeldOut kept = new HeldOut(manager, model, work, options, heldOut)) {
                AlignmentLoss before = kept.measure();
                if (options.optimiserState() == OptimiserState.KEPT) {
                    task.moments().ifPresent(optimiser::restore);
                }
                for (int i = 0; i < task.steps(); i++) {
                    double loss = work.gradients(manager, batch(task, records, i), i);
                    if (!Double.isFinite(loss)) {
                        throw NonFiniteLossException.inTraining(where + ", step " + (i + 1) + " of " + task.steps(),
                                "the loss", loss, rate);
                    }
                    optimiser.step(options.learningRate(i));
                    losses.add(loss);
                    progress.step(i + 1, task.steps(), loss);
                }
                FactorVector aligned = emulator.toVector();
                Factors.requireFinite(where + ", after step " + task.steps(), aligned, rate);
                AlignmentLoss after = task.steps() == 0 ? before : kept.measure();
                if (!Double.isFinite(after.loss())) {
                    throw NonFiniteLossException.inTraining(where + ", measured after step " + task.steps(), "the loss",
                            after.loss(), rate);
                }
                return new AlignmentOutcome(aligned, before, after, losses, optimiser.state());
            }
        }
    }

    private List<TokenizedExample> batch(AlignmentTask task, List<TokenizedExample> records, int step) {
        return new BatchOrder(task.seed(), "align", task.seedVersion(), records.size(), options.batchSize())
                .batch(step).stream().map(records::get).toList();
    }
}
