package org.fedbiot.learning.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fedbiot.learning.data.Seeds;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.model.Decoder;
import org.fedbiot.learning.model.LoraDropout;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.PackedBatch;
import org.fedbiot.learning.torch.ChunkedRows;
import org.fedbiot.learning.torch.Gradients;
import org.fedbiot.learning.torch.HostValues;
import org.fedbiot.learning.torch.Primitives;

/**
 * Loss and gradient of the emulator's factors on one batch (fedbiot-method 1.4). A batch is cut into pieces that bound
 * memory; each piece's relative error has its own rho, and a piece weighs by its share of the counted positions.
 */
final class AlignmentStep {
    private final Primitives primitives = Primitives.shared();
    private final SplitModel model;
    private final LoraSpec lora;
    private final AlignmentOptions options;
    private final Teacher teacher;
    private final LoraParameters emulator;
    private final LoraParameters adapter;
    private final long seed;

    /** The adapter must be frozen; the seed names run and emulator version. */
    AlignmentStep(SplitModel model, LoraSpec lora, AlignmentOptions options, LoraParameters emulator,
            LoraParameters adapter, long seed) {
        this.model = model;
        this.lora = lora;
        this.options = options;
        this.teacher = new Teacher(model, adapter, options.teacherAdapter());
        this.emulator = emulator;
        this.adapter = adapter;
        this.seed = seed;
    }

    Teacher teacher() {
        return teacher;
    }

    /** Leaves the batch's gradient in the emulator. */
    double gradients(NDManager manager, List<TokenizedExample> examples, int step) {
        Gradients.zero(emulator.arrays());
        List<List<TokenizedExample>> pieces = TokenRows.pieces(examples, options.microBatchTokens());
        int counted = examples.stream().mapToInt(example -> countedRows(List.of(example))).sum();
        double loss = 0;
        for (int i = 0; i < pieces.size(); i++) {
            Optional<LoraDropout> dropout = Factors.dropout(lora, Seeds.derive(seed, "dropout", step, i), step);
            loss += piece(manager, pieces.get(i), counted, dropout);
        }
        return loss;
    }

    private double piece(NDManager manager, List<TokenizedExample> examples, int counted,
            Optional<LoraDropout> dropout) {
        Decoder decoder = model.decoder();
        boolean logits = options.klWeight() > 0;
        try (PackedBatch batch = PackedBatch.of(manager, TokenRows.tokens(examples))) {
            Teacher.Lesson lesson = teacher.lesson(batch, logits);
            int[] rows = rows(batch, examples);
            NDArray index = batch.index(rows);
            double share = (double) rows.length / counted;
            NDArray taught = primitives.rows(lesson.stack(), index);
            try (Gradients gradients = Gradients.record()) {
                NDArray stack = student(lesson, batch, dropout);
                NDArray error = relativeError(primitives.rows(stack, index), taught);
                double l2 = HostValues.scalar(error);
                NDArray total = error.mul(constant(batch, share));
                if (!logits) {
                    gradients.backward(total);
                    return share * l2;
                }
                NDArray top = primitives.rows(top(stack, batch), index);
                NDArray topTaught = primitives.rows(lesson.top().orElseThrow(), index);
                ChunkedRows.Slope kl = ChunkedRows.slope(gradients, top, HeadLoss.chunkRows(decoder),
                        HeadLoss.divergence(decoder, topTaught, options.temperature()));
                NDArray standIn = primitives.productSum(top, kl.gradient());
                gradients.backward(total.add(standIn.mul(constant(batch, options.klWeight() / counted))));
                return share * l2 + options.klWeight() * kl.value() / counted;
            }
        }
    }

    /** mean(((T - S) / rho)²) with rho² = mean(T²): the element counts cancel. An fp32 scalar in S's graph. */
    static NDArray relativeError(NDArray student, NDArray taught) {
        double scale = HostValues.scalar(Primitives.shared().squareSum(taught));
        NDArray error = Primitives.shared().squaredDifferenceSum(student, taught);
        return error.mul(student.getManager().full(new Shape(), (float) (1 / scale)));
    }

    /** S: emulator layers with their factors over the lesson's input. */
    NDArray student(Teacher.Lesson lesson, PackedBatch batch, Optional<LoraDropout> dropout) {
        return model.run(model.emulator(), lesson.input(), batch, List.of(emulator), dropout);
    }

    /** The student's last hidden state. */
    NDArray top(NDArray stack, PackedBatch batch) {
        return model.run(model.backAdapter(), stack, batch, List.of(adapter), Optional.empty());
    }

    int[] rows(PackedBatch batch, List<TokenizedExample> examples) {
        return options.positions() == AlignmentPositions.RESPONSE
                ? TokenRows.replyRows(batch, examples)
                : IntStream.range(0, batch.rows()).toArray();
    }

    private int countedRows(List<TokenizedExample> examples) {
        return options.positions() == AlignmentPositions.RESPONSE
                ? TokenRows.replyTokens(examples)
                : examples.stream().mapToInt(example -> example.tokens().length).sum();
    }

    /** Never a Java number inside a graph: its memory may be gone before the backward pass. */
    private static NDArray constant(PackedBatch batch, double value) {
        return batch.manager().full(new Shape(), (float) value);
    }
}
