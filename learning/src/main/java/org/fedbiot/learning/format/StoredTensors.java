package org.fedbiot.learning.format;

import java.nio.ByteBuffer;
import org.fedbiot.learning.model.TensorSource;

/** A source of tensors that also shows the bytes as they are stored, for hashing. */
public interface StoredTensors extends TensorSource {
    /** Name of the element or block type in the file, such as {@code BF16} or {@code Q4_1}. */
    String storedType(String name);

    /** The tensor's bytes in the file, read-only and mapped. */
    ByteBuffer stored(String name);
}
