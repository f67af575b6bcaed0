package org.fedbiot.learning.model;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** Base weights of one decoder layer: the two norm gains [hidden] and the linears [out, in]. */
record LayerWeights(NDArray inputNorm, NDArray postAttentionNorm, Map<Projection, NDArray> linears) {
    NDArray linear(Projection projection) {
        return linears.get(projection);
    }
}
