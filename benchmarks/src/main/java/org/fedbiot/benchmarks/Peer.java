package org.fedbiot.benchmarks;

import java.io.IOException;

/** One side of the comparison, holding its weights in one type. */
interface Peer extends AutoCloseable {
    /** All layers and all logits, no graph. */
    Measurement forward(StepShape shape) throws IOException;

    /** One LoRA training step on the cut stack; factors and optimiser go on from the step before. */
    Measurement loraStep(StepShape shape) throws IOException;

    @Override
    void close() throws IOException;
}
