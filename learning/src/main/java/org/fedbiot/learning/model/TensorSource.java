package org.fedbiot.learning.model;

import java.nio.ByteBuffer;
import java.util.Set;

/** Where base weights come from: a file, or memory in tests. Names are Hugging Face's. */
public interface TensorSource {
    /** Names of all tensors, in a fixed order. */
    Set<String> names();

    /** Outermost dimension first. */
    long[] shape(String name);

    /**
     * Values as fp32, row-major, little-endian, in a direct or mapped buffer that Java frees when nothing refers to it.
     */
    ByteBuffer float32(String name);
}
