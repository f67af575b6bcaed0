package org.fedbiot.cli.experiment.cost;

import java.util.EnumSet;
import java.util.Set;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.LoraSpec;
import org.fedbiot.learning.model.Projection;

/**
 * Floating point operations of one decoder layer over one record: two for each multiply-add of its matrix products.
 * What is done element by element (norms, rotation, softmax, SwiGLU, masks) is not counted, nor is what a kernel
 * computes twice to save memory. Attention counts all pairs of positions, as the kernel pads and masks.
 */
final class LayerFlops {

    private final LlamaConfig config;
    private final LoraSpec lora;
    private final double tokens;

    /** @param tokens of the record */
    LayerFlops(LlamaConfig config, LoraSpec lora, double tokens) {
        this.config = config;
        this.lora = lora;
        this.tokens = tokens;
    }

    /** Linears, their LoRA branches, and attention. */
    double forward(Branch branch) {
        double sum = attention(tokens);
        for (Projection projection : Projection.values()) {
            sum += linear(projection);
            if (branch != Branch.NONE && lora.targets().contains(projection)) {
                sum += down(projection) + up(projection);
            }
        }
        return sum;
    }

    /**
     * What autograd computes: for each product the gradient of an operand that a gradient is wanted for. Base weights
     * are frozen, so that a linear costs once its forward pass, and nothing where its input needs no gradient, as in
     * the first layer that trains.
     *
     * @param input whether the layer's input needs a gradient
     */
    double backward(Branch branch, boolean input) {
        boolean attended = input || trains(branch, EnumSet.of(Projection.Q, Projection.K, Projection.V));
        boolean afterAttention = attended || trains(branch, EnumSet.of(Projection.O));
        boolean gated = afterAttention || trains(branch, EnumSet.of(Projection.GATE, Projection.UP));
        double sum = attended ? 2 * attention(tokens) : 0;
        for (Projection projection : Projection.values()) {
            sum += backward(projection, branch, switch (projection) {
                case Q, K, V -> input;
                case O -> attended;
                case GATE, UP -> afterAttention;
                case DOWN -> gated;
            });
        }
        return sum;
    }

    private double backward(Projection projection, Branch branch, boolean input) {
        double sum = input ? linear(projection) : 0;
        if (branch == Branch.NONE || !lora.targets().contains(projection)) {
            return sum;
        }
        // y = Wx + s B(Ax): through B and through A, and where they train the factors' own gradients.
        sum += input ? down(projection) : 0;
        if (branch == Branch.TRAINED) {
            return sum + 2 * up(projection) + down(projection);
        }
        return sum + (input ? up(projection) : 0);
    }

    private boolean trains(Branch branch, Set<Projection> projections) {
        return branch == Branch.TRAINED && lora.targets().stream().anyMatch(projections::contains);
    }

    /** x·Wᵀ. */
    private double linear(Projection projection) {
        return 2 * tokens * projection.inputSize(config) * projection.outputSize(config);
    }

    /** x·Aᵀ. */
    private double down(Projection projection) {
        return 2 * tokens * lora.rank() * projection.inputSize(config);
    }

    /** u·Bᵀ. */
    private double up(Projection projection) {
        return 2 * tokens * lora.rank() * projection.outputSize(config);
    }

    /** Scores and their mix of the values, for as many queries as there are tokens. */
    double attention(double keys) {
        return 2 * 2 * tokens * keys * config.querySize();
    }
}
