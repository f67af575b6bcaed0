package org.fedbiot.cli.experiment.cost;

import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.schemas.event.AlignmentPositions;
import org.fedbiot.schemas.event.AlignmentSettings;
import org.fedbiot.schemas.event.EvaluationSettings;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TeacherAdapter;
import org.fedbiot.schemas.event.TrainingSettings;
import org.fedbiot.worker.MethodOptions;

/**
 * Floating point operations of the method's steps, pass by pass as they are computed (fedbiot-method 1.4, 1.5, 1.7).
 * Left out as small and independent of the text: optimisers, the proximal term's r×r products, the fold of updates.
 */
final class MethodFlops {

    private final RunSpec spec;
    private final LlamaConfig config;
    private final LoraSpec lora;
    private final Texts texts;
    private final int front;
    private final int back;
    private final int teacher;
    private final int emulator;

    /** @param config shape of the full model */
    MethodFlops(RunSpec spec, LlamaConfig config, Texts texts) {
        this.spec = spec;
        this.config = config;
        this.lora = MethodOptions.lora(spec.getLora());
        this.texts = texts;
        SplitSpec split = spec.getSplit();
        this.front = split.getFrontAdapterLayers();
        this.back = split.getBackAdapterLayers();
        this.teacher = split.getTeacherLayers().size();
        this.emulator = split.getKeptLayers().size();
    }

    /**
     * A client's training in a round: forward through the compressed model with the factors of all its layers, logits
     * of the reply, and back to the first adapter layer. A front adapter has the graph go through the emulator.
     */
    double clientRound() {
        LayerFlops layer = layer(texts.training());
        StackFlops model = compressed(Branch.TRAINED, Branch.FROZEN);
        double record = model.forward(layer) + model.backward(layer) + 2 * head(texts.training().replyTokens());
        TrainingSettings training = spec.getTraining();
        return record * training.getBatchSize() * training.getSteps();
    }

    /**
     * A client's training in a round if it held the full model and trained all its weights: as above without factors,
     * and the gradients of the weights, which cost the linears once more.
     */
    double fullWeightRound() {
        LayerFlops layer = layer(texts.training());
        double forward = StackFlops.of(config.layers(), Branch.NONE).forward(layer);
        double record = 3 * (forward + head(texts.training().replyTokens()));
        TrainingSettings training = spec.getTraining();
        return record * training.getBatchSize() * training.getSteps();
    }

    /**
     * The server's alignment, with what it measures on held-out records before and after: one pass of the full model
     * each, and one of the student each time.
     */
    double alignment(int steps) {
        AlignmentSettings alignment = spec.getAlignment();
        LayerFlops layer = layer(texts.alignment());
        boolean logits = alignment.getKlWeight() > 0;
        StackFlops student = StackFlops.of(emulator, Branch.TRAINED);
        student = logits ? student.then(StackFlops.of(back, Branch.FROZEN)) : student;
        double step = teacher(layer, logits) + student.forward(layer) + student.backward(layer)
                + (logits ? 3 * head(countedTokens()) : 0);
        double measured = StackFlops.of(emulator + back, Branch.FROZEN).forward(layer) + 2 * head(countedTokens());
        return step * alignment.getBatchSize() * steps
                + (teacher(layer, true) + measured * (steps == 0 ? 1 : 2)) * alignment.getHeldOutRecords();
    }

    /** One pass, but for a front adapter that the teacher shall not have: then the stack runs on both inputs. */
    private double teacher(LayerFlops layer, boolean logits) {
        StackFlops pass = StackFlops.of(front, Branch.FROZEN).then(StackFlops.of(teacher, Branch.NONE));
        boolean original = spec.getAlignment().getTeacherAdapter() == TeacherAdapter.ORIGINAL;
        if (logits && original && front > 0) {
            pass = pass.then(StackFlops.of(front + teacher, Branch.NONE));
        }
        if (logits) {
            pass = pass.then(StackFlops.of(back, original ? Branch.NONE : Branch.FROZEN));
        }
        return pass.forward(layer);
    }

    private double countedTokens() {
        TextShape text = texts.alignment();
        return spec.getAlignment().getPositions() == AlignmentPositions.RESPONSE ? text.replyTokens() : text.tokens();
    }

    /**
     * The owner's scores of one pair of versions: AdapFu and AdapEmu, and the raw models with the first. Raw full and
     * AdapFu share the teacher stack where no front adapter stands before it.
     */
    double evaluation(boolean first) {
        StackFlops adapFu = full(Branch.FROZEN);
        StackFlops adapEmu = compressed(Branch.FROZEN, Branch.FROZEN);
        StackFlops rawFull = full(Branch.NONE);
        StackFlops rawCompressed = compressed(Branch.NONE, Branch.NONE);
        double sum = scored(adapFu) + scored(adapEmu);
        if (first) {
            double shared = front > 0 ? 0 : evaluated() * StackFlops.of(teacher, Branch.NONE)
                    .forward(layer(texts.evaluation()));
            sum += scored(rawFull) + scored(rawCompressed) - shared;
        }
        return sum;
    }

    /** All clients' scores of the product on their own held-out text. */
    double ownScores() {
        LayerFlops layer = layer(texts.heldOut());
        double record = compressed(Branch.NONE, Branch.NONE).forward(layer)
                + compressed(Branch.FROZEN, Branch.FROZEN).forward(layer) + 2 * head(texts.heldOut().replyTokens());
        return record * texts.heldOut().records();
    }

    private double scored(StackFlops model) {
        LayerFlops layer = layer(texts.evaluation());
        double likelihood = model.forward(layer) + head(texts.evaluation().replyTokens());
        EvaluationSettings evaluation = spec.getEvaluation();
        return likelihood * evaluated() + generation(model)
                * Math.min(evaluation.getExactMatchRecords(), evaluated());
    }

    private double evaluated() {
        int first = spec.getEvaluation().getRecords();
        return first == 0 ? texts.evaluation().records() : Math.min(first, texts.evaluation().records());
    }

    /**
     * One reply, taken to be as long as the one that is expected, up to the bound: the prompt, then a token at a time
     * over all that stands before it. The last token is not run.
     */
    private double generation(StackFlops model) {
        double prompt = texts.evaluation().promptTokens();
        double written = Math.min(texts.evaluation().replyTokens(), spec.getEvaluation().getMaxNewTokens());
        double run = Math.max(0, written - 1);
        LayerFlops whole = new LayerFlops(config, lora, prompt);
        LayerFlops one = new LayerFlops(config, lora, 1);
        double keys = run * prompt + run * (run + 1) / 2;
        double attention = model.branches().size() * (one.attention(keys) - run * one.attention(1));
        return model.forward(whole) + run * model.forward(one) + attention + head(written);
    }

    private LayerFlops layer(TextShape text) {
        return new LayerFlops(config, lora, text.tokens());
    }

    private StackFlops compressed(Branch adapter, Branch stack) {
        return StackFlops.of(front, adapter).then(StackFlops.of(emulator, stack)).then(StackFlops.of(back, adapter));
    }

    private StackFlops full(Branch adapter) {
        return StackFlops.of(front, adapter).then(StackFlops.of(teacher, Branch.NONE))
                .then(StackFlops.of(back, adapter));
    }

    /** Logits of so many tokens; their gradient in the hidden states costs the same. */
    private double head(double rows) {
        return 2 * rows * config.hiddenSize() * config.vocabularySize();
    }
}
