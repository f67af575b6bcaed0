package org.fedbiot.learning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.fedbiot.learning.torch.Gradients;
import org.fedbiot.learning.torch.Primitives;
import org.fedbiot.learning.torch.Torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Gradients against slopes measured along random directions, dropout included, in a small heap. */
@Tag("small-heap")
class FiniteDifferenceTest {
    private static final double STEP = 2e-2;
    private final Primitives primitives = Primitives.shared();

    @Test
    void shouldEqualTheSlopeOfTheLossAlongRandomDirections() {
        try (LlamaWeights weights = GoldenCase.weights(true, BaseType.FLOAT32); Decoder decoder = new Decoder(weights); NDManager manager = Torch.newManager()) {
            FactorVector start = GoldenCase.factors(GoldenCase.all());
            LoraDropout dropout = new LoraDropout(0.2, 99, 3);
            float[] gradient = gradient(decoder, manager, start, dropout);
            double norm = 0;
            for (float g : gradient) {
                norm += (double) g * g;
            }
            Random random = new Random(5);
            for (int trial = 0; trial < 6; trial++) {
                float[] direction = new float[gradient.length];
                double length = 0;
                double along = 0;
                for (int i = 0; i < direction.length; i++) {
                    // Half along the gradient, so that the slope is well above the noise of fp32.
                    direction[i] = (float) (random.nextGaussian() / Math.sqrt(gradient.length) + gradient[i] / Math.sqrt(norm));
                    length += (double) direction[i] * direction[i];
                }
                length = Math.sqrt(length);
                for (int i = 0; i < direction.length; i++) {
                    direction[i] /= (float) length;
                    along += (double) direction[i] * gradient[i];
                }
                // Richardson: the error of the central difference is of fourth order.
                double wide = slope(decoder, manager, start, direction, STEP, dropout);
                double narrow = slope(decoder, manager, start, direction, STEP / 2, dropout);
                assertThat((4 * narrow - wide) / 3).isCloseTo(along, within(2e-3 * Math.abs(along)));
            }
        }
    }

    private double slope(Decoder decoder, NDManager manager, FactorVector start, float[] direction, double step, LoraDropout dropout) {
        double up = loss(decoder, manager, moved(start, direction, step), dropout);
        double down = loss(decoder, manager, moved(start, direction, -step), dropout);
        return (up - down) / (2 * step);
    }

    private static FactorVector moved(FactorVector start, float[] direction, double step) {
        float[] values = start.values();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (step * direction[i]);
        }
        return FactorVector.of(start.layout(), values);
    }

    private float[] gradient(Decoder decoder, NDManager manager, FactorVector factors, LoraDropout dropout) {
        try (LoraParameters lora = new LoraParameters(manager, factors, GoldenCase.spec(), true);
                PackedBatch batch = PackedBatch.of(manager, GoldenCase.sequences()); Gradients gradients = Gradients.record()) {
            NDArray loss = loss(decoder, batch, lora, dropout);
            SmallHeap.collect();
            gradients.backward(loss);
            return lora.gradients();
        }
    }

    private double loss(Decoder decoder, NDManager manager, FactorVector factors, LoraDropout dropout) {
        try (LoraParameters lora = new LoraParameters(manager, factors, GoldenCase.spec(), true); PackedBatch batch = PackedBatch.of(manager, GoldenCase.sequences())) {
            return loss(decoder, batch, lora, dropout).getFloat();
        }
    }

    private NDArray loss(Decoder decoder, PackedBatch batch, LoraParameters lora, LoraDropout dropout) {
        NDArray hidden = decoder.layers(GoldenCase.layers(GoldenCase.all()), decoder.embed(batch), batch, List.of(lora), Optional.of(dropout));
        NDArray logits = decoder.logits(primitives.rows(hidden, batch.index(GoldenCase.rows())));
        return primitives.scale(primitives.crossEntropySum(logits, GoldenCase.targets(batch.manager())), 1.0 / GoldenCase.rows().length);
    }
}
