package org.fedbiot.learning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.fedbiot.learning.model.Closeness.assertClose;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.torch.ChunkedRows;
import org.fedbiot.learning.torch.Gradients;
import org.fedbiot.learning.torch.HostValues;
import org.fedbiot.learning.torch.Primitives;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * fp32 against PyTorch in float64, with a collection of garbage between forward and backward. Tolerances are relative to
 * the largest expected value. Runs in a small heap, where memory that autograd still needs would be freed and reused.
 * With -Dfedbiot.test.device it runs on that device.
 */
@Tag("small-heap")
class PyTorchParityTest {
    private static final double TOLERANCE = GoldenCase.DEVICE.isCpu() ? 5e-6 : 1e-4;
    private final Primitives primitives = Primitives.shared();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGiveThePlainLogits(boolean tied) {
        try (LlamaWeights weights = GoldenCase.weights(tied, BaseType.FLOAT32); Decoder decoder = new Decoder(weights);
                NDManager manager = GoldenCase.newManager(); PackedBatch batch = PackedBatch.of(manager, GoldenCase.sequences())) {
            NDArray hidden = decoder.layers(GoldenCase.layers(GoldenCase.all()), decoder.embed(batch), batch, List.of(), Optional.empty());

            assertClose(HostValues.floats(decoder.logits(hidden)), GoldenCase.expected(tag(tied) + ".plain.logits"), TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGiveLogitsLossAndEveryGradientOfTheFactors(boolean tied) {
        try (LlamaWeights weights = GoldenCase.weights(tied, BaseType.FLOAT32); Decoder decoder = new Decoder(weights);
                NDManager manager = GoldenCase.newManager(); LoraParameters lora = GoldenCase.lora(manager, GoldenCase.all(), true);
                PackedBatch batch = PackedBatch.of(manager, GoldenCase.sequences()); Gradients gradients = Gradients.record()) {
            NDArray hidden = decoder.layers(GoldenCase.layers(GoldenCase.all()), decoder.embed(batch), batch, List.of(lora), Optional.empty());
            assertClose(HostValues.floats(decoder.logits(hidden)), GoldenCase.expected(tag(tied) + ".lora.logits"), TOLERANCE);

            NDArray loss = loss(decoder, batch, hidden);
            SmallHeap.collect();
            gradients.backward(loss);

            assertThat(HostValues.scalar(loss)).isCloseTo(GoldenCase.expected(tag(tied) + ".lora.loss")[0], within(1e-5f));
            assertClose(lora.gradients(), GoldenCase.expectedGradients(tag(tied) + ".gradient.", lora.layout()), TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 100})
    void shouldGiveTheSameGradientsWithLogitsInChunks(int chunkRows) {
        try (LlamaWeights weights = GoldenCase.weights(false, BaseType.FLOAT32); Decoder decoder = new Decoder(weights);
                NDManager manager = GoldenCase.newManager(); LoraParameters lora = GoldenCase.lora(manager, GoldenCase.all(), true);
                PackedBatch batch = PackedBatch.of(manager, GoldenCase.sequences()); Gradients gradients = Gradients.record()) {
            NDArray hidden = decoder.layers(GoldenCase.layers(GoldenCase.all()), decoder.embed(batch), batch, List.of(lora), Optional.empty());
            NDArray rows = primitives.rows(hidden, batch.index(GoldenCase.rows()));
            NDArray targets = GoldenCase.targets(manager);
            ChunkedRows.RowLoss rowLoss = (part, from, to) ->
                    primitives.scale(primitives.crossEntropySum(decoder.logits(part), targets.get(from + ":" + to)), 1.0 / GoldenCase.rows().length);

            try (ChunkedRows.Slope slope = ChunkedRows.slope(gradients, rows, chunkRows, rowLoss)) {
                SmallHeap.collect();
                gradients.backward(rows, slope.gradient());
                assertThat((float) slope.value()).isCloseTo(GoldenCase.expected("untied.lora.loss")[0], within(1e-5f));
            }

            assertClose(lora.gradients(), GoldenCase.expectedGradients("untied.gradient.", lora.layout()), TOLERANCE);
        }
    }

    @Test
    void shouldGiveAlignmentLossesAndGradients() {
        try (LlamaWeights weights = GoldenCase.weights(true, BaseType.FLOAT32); Decoder decoder = new Decoder(weights);
                NDManager manager = GoldenCase.newManager();
                LoraParameters emulator = GoldenCase.lora(manager, GoldenCase.indices("kept"), true);
                LoraParameters adapter = GoldenCase.lora(manager, GoldenCase.indices("adapter"), false);
                PackedBatch batch = PackedBatch.of(manager, GoldenCase.sequences())) {
            List<LayerRef> back = GoldenCase.layers(GoldenCase.indices("adapter"));
            NDArray x = decoder.embed(batch);
            NDArray teacher = decoder.layers(GoldenCase.layers(GoldenCase.indices("teacher")), x, batch, List.of(), Optional.empty());
            NDArray teacherOut = decoder.layers(back, teacher, batch, List.of(adapter), Optional.empty());
            double squares = HostValues.scalar(primitives.squareSum(teacher));
            try (Gradients gradients = Gradients.record()) {
                NDArray student = decoder.layers(GoldenCase.layers(GoldenCase.indices("kept")), x, batch, List.of(emulator), Optional.empty());
                NDArray studentOut = decoder.layers(back, student, batch, List.of(adapter), Optional.empty());
                NDArray l2 = primitives.scale(primitives.squaredDifferenceSum(student, teacher), 1 / squares);
                ChunkedRows.Slope kl = ChunkedRows.slope(gradients, studentOut, 5, (part, from, to) -> primitives.scale(
                        primitives.klSum(decoder.logits(part), decoder.logits(teacherOut.get(from + ":" + to)), 1), GoldenCase.lambda() / batch.rows()));
                SmallHeap.collect();
                gradients.backward(l2.add(primitives.productSum(studentOut, kl.gradient())));

                float[] losses = GoldenCase.expected("alignment.losses");
                assertThat(HostValues.scalar(l2)).isCloseTo(losses[0], within(1e-6f));
                assertThat(kl.value() / GoldenCase.lambda()).isCloseTo(losses[1], within(1e-6));
            }
            assertClose(emulator.gradients(), GoldenCase.expectedGradients("alignment.gradient.", emulator.layout()), TOLERANCE);
        }
    }

    @Test
    void shouldGiveGradientsOfBaseWeightsForPreTraining() {
        try (LlamaWeights weights = GoldenCase.weights(true, BaseType.FLOAT32); Decoder decoder = new Decoder(weights);
                NDManager manager = GoldenCase.newManager(); PackedBatch batch = PackedBatch.of(manager, GoldenCase.sequences());
                Gradients gradients = Gradients.record()) {
            weights.requireGradients();
            NDArray hidden = decoder.layers(GoldenCase.layers(GoldenCase.all()), decoder.embed(batch), batch, List.of(), Optional.empty());
            NDArray loss = loss(decoder, batch, hidden);
            SmallHeap.collect();
            gradients.backward(loss);

            for (String name : List.of(LlamaWeights.EMBEDDING, LlamaWeights.FINAL_NORM, LlamaWeights.inputNorm(0),
                    LlamaWeights.linear(1, Projection.K), LlamaWeights.linear(3, Projection.DOWN))) {
                assertClose(HostValues.floats(Gradients.of(weights.get(name))), GoldenCase.expected("base.gradient." + name), TOLERANCE);
            }
        }
    }

    private NDArray loss(Decoder decoder, PackedBatch batch, NDArray hidden) {
        NDArray logits = decoder.logits(primitives.rows(hidden, batch.index(GoldenCase.rows())));
        NDArray sum = primitives.crossEntropySum(logits, GoldenCase.targets(batch.manager()));
        return primitives.scale(sum, 1.0 / GoldenCase.rows().length);
    }

    private static String tag(boolean tied) {
        return tied ? "tied" : "untied";
    }
}
