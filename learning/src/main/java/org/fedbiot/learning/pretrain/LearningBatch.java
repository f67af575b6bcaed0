package org.fedbiot.learning.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fedbiot.learning.data.generated.WeightedSequence;
import org.fedbiot.learning.model.Decoder;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.PackedBatch;
import org.fedbiot.learning.torch.Gradients;
import org.fedbiot.learning.torch.HostValues;
import org.fedbiot.learning.torch.Primitives;

/** Weighted sequences on their way through a decoder. Owns the packed batch and all that is computed from it. */
final class LearningBatch implements AutoCloseable {
    private static final int NO_TARGET = -100;

    private final List<WeightedSequence> sequences;
    private final PackedBatch packed;

    LearningBatch(NDManager parent, List<WeightedSequence> sequences) {
        this.sequences = sequences;
        this.packed = PackedBatch.of(parent, sequences.stream().map(WeightedSequence::tokens).toList());
    }

    /** Weighted mean cross-entropy of the next tokens; adds its gradient to the leaves. */
    double backward(Decoder decoder, List<LayerRef> layers) {
        long[] targets = new long[packed.rows()];
        float[] weights = new float[packed.rows()];
        double sum = 0;
        for (int s = 0; s < sequences.size(); s++) {
            WeightedSequence sequence = sequences.get(s);
            int last = packed.start(s) + sequence.length() - 1;
            targets[last] = NO_TARGET;
            for (int i = 1; i < sequence.length(); i++) {
                targets[packed.start(s) + i - 1] = sequence.tokens()[i];
                weights[packed.start(s) + i - 1] = sequence.weights()[i];
                sum += sequence.weights()[i];
            }
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= (float) sum;
        }
        NDArray expected = packed.manager().create(targets);
        NDArray shares = packed.manager().create(weights);
        try (Gradients gradients = Gradients.record()) {
            NDArray rows = Primitives.shared().crossEntropyRows(logits(decoder, layers), expected);
            NDArray loss = Primitives.shared().productSum(rows, shares);
            gradients.backward(loss);
            return HostValues.scalar(loss);
        }
    }

    /** How many of the sequences have every token of full weight as the most likely one at its place. */
    int exact(Decoder decoder, List<LayerRef> layers) {
        long[] best = HostValues.longs(Primitives.shared().argmax(logits(decoder, layers)));
        return (int) IntStream.range(0, sequences.size()).filter(s -> exact(s, best)).count();
    }

    private boolean exact(int index, long[] best) {
        WeightedSequence sequence = sequences.get(index);
        return IntStream.range(1, sequence.length()).filter(i -> sequence.weights()[i] == 1)
                .allMatch(i -> best[packed.start(index) + i - 1] == sequence.tokens()[i]);
    }

    private NDArray logits(Decoder decoder, List<LayerRef> layers) {
        NDArray hidden = decoder.layers(layers, decoder.embed(packed), packed, List.of(), Optional.empty());
        return decoder.logits(hidden);
    }

    @Override
    public void close() {
        packed.close();
    }
}
