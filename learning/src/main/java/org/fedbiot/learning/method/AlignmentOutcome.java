package org.fedbiot.learning.method;

import java.util.List;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.torch.AdamW;

/**
 * A new emulator version.
 *
 * @param emulator absolute factors
 * @param before on the held-out records, with the factors that came in
 * @param after on the held-out records, with these factors
 * @param stepLosses of each step on its own batch
 * @param moments the optimiser's, for an alignment that keeps them; they stay on the server
 */
public record AlignmentOutcome(FactorVector emulator, AlignmentLoss before, AlignmentLoss after,
        List<Double> stepLosses, AdamW.State moments) {
    public AlignmentOutcome {
        stepLosses = List.copyOf(stepLosses);
    }
}
