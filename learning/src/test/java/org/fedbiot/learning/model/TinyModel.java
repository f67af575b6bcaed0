package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.fedbiot.learning.torch.AdamW;
import org.fedbiot.learning.torch.Gradients;
import org.fedbiot.learning.torch.Primitives;

/** One LoRA training on random tokens with dropout, for tests that compare whole trainings. */
final class TinyModel {
    static final LoraSpec SPEC = new LoraSpec(4, 8, 0.1, List.of(Projection.values()));

    private TinyModel() {}

    static List<int[]> sequences(int seed, int... lengths) {
        Random random = new Random(seed);
        List<int[]> sequences = new ArrayList<>();
        for (int length : lengths) {
            sequences.add(random.ints(length, 0, 61).toArray());
        }
        return sequences;
    }

    /** Trains the last two layers for some steps and gives the factors; a function of its arguments. */
    static FactorVector train(Decoder decoder, NDManager parent, int seed, int steps) {
        FactorLayout layout = FactorLayout.of(decoder.weights().config(), SPEC, List.of(2, 3));
        try (NDManager manager = parent.newSubManager(); LoraParameters lora = new LoraParameters(manager, FactorVector.initial(layout, seed), SPEC, true);
                AdamW adam = new AdamW(manager, new AdamW.Settings(1e-2, .9, .95, 1e-8, .01), lora.arrays())) {
            for (int step = 0; step < steps; step++) {
                gradients(decoder, manager, lora, sequences(seed * 100 + step, 6, 3, 9), Optional.of(new LoraDropout(SPEC.dropout(), seed, step)));
                adam.step();
            }
            return lora.toVector();
        }
    }

    /** Fills the gradients of the factors with those of the mean next-token loss, and gives the loss. */
    static float gradients(Decoder decoder, NDManager manager, LoraParameters lora, List<int[]> sequences, Optional<LoraDropout> dropout) {
        Primitives primitives = Primitives.shared();
        Gradients.zero(lora.arrays());
        try (PackedBatch batch = PackedBatch.of(manager, sequences); Gradients gradients = Gradients.record()) {
            NDArray hidden = decoder.layers(GoldenCase.layers(GoldenCase.all()), decoder.embed(batch), batch, List.of(lora), dropout);
            List<Integer> rows = new ArrayList<>();
            List<Long> targets = new ArrayList<>();
            for (int i = 0; i < sequences.size(); i++) {
                for (int t = 0; t + 1 < sequences.get(i).length; t++) {
                    rows.add(batch.start(i) + t);
                    targets.add((long) sequences.get(i)[t + 1]);
                }
            }
            NDArray logits = decoder.logits(primitives.rows(hidden, batch.index(rows.stream().mapToInt(Integer::intValue).toArray())));
            NDArray wanted = batch.manager().create(targets.stream().mapToLong(Long::longValue).toArray());
            NDArray loss = primitives.scale(primitives.crossEntropySum(logits, wanted), 1.0 / rows.size());
            gradients.backward(loss);
            return loss.getFloat();
        }
    }

}
