package org.fedbiot.cli.experiment.cost;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Decoder layers that a record runs through one after the other.
 *
 * @param branches of each layer, first to last
 */
record StackFlops(List<Branch> branches) {

    StackFlops {
        branches = List.copyOf(branches);
    }

    static StackFlops of(int layers, Branch branch) {
        return new StackFlops(Collections.nCopies(layers, branch));
    }

    StackFlops then(StackFlops next) {
        List<Branch> all = new ArrayList<>(branches);
        all.addAll(next.branches);
        return new StackFlops(all);
    }

    double forward(LayerFlops layer) {
        double sum = 0;
        for (Branch branch : branches) {
            sum += layer.forward(branch);
        }
        return sum;
    }

    /** From the last layer back to the first that trains; the stack's input needs no gradient. */
    double backward(LayerFlops layer) {
        double sum = 0;
        boolean input = false;
        for (Branch branch : branches) {
            sum += layer.backward(branch, input);
            input |= branch == Branch.TRAINED;
        }
        return sum;
    }
}
