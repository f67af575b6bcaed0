package org.fedbiot.learning.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/** Named tensors of a model, read from a file or held in memory. */
public interface TensorSource {
    /**
     * Bytes to which a buffer is aligned that needs no copy. Matrix kernels take other paths, with other roundings, on
     * memory of other alignment: where a model was mapped must not show in its results.
     */
    int ALIGNMENT = 64;

    /** A direct little-endian buffer of so many bytes at an aligned address, for values that are made or widened. */
    static ByteBuffer allocate(int bytes) {
        ByteBuffer room = ByteBuffer.allocateDirect(Math.addExact(bytes, ALIGNMENT));
        int start = (ALIGNMENT - room.alignmentOffset(0, ALIGNMENT)) % ALIGNMENT;
        return room.slice(start, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

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
