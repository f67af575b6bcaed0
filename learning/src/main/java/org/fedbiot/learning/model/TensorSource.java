package org.fedbiot.learning.model;

import java.nio.ByteBuffer;
import java.util.Set;

/** Named tensors of a model, read from a file or held in memory. */
public interface TensorSource {
    /** Hugging Face names, such as "model.layers.3.self_attn.q_proj.weight". */
    Set<String> names();

    /** Sizes, slowest dimension first. Throws when the name is absent. */
    long[] shape(String name);

    /**
     * The values as fp32, row-major, in a little-endian direct buffer, from position to limit. A mapped fp32 file gives a
     * view and no copy; other stored types are widened into a fresh buffer, which the caller drops as soon as it can.
     */
    ByteBuffer float32(String name);
}
