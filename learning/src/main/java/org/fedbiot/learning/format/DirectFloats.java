package org.fedbiot.learning.format;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.model.TensorSource;

/**
 * Direct little-endian buffers for widened tensors, aligned so that the model can use them in place. They count against
 * the JVM's -XX:MaxDirectMemorySize.
 */
final class DirectFloats {
    private DirectFloats() { }

    static ByteBuffer allocate(Path file, String tensor, long elements) {
        if (elements > (Integer.MAX_VALUE - TensorSource.ALIGNMENT) / Float.BYTES) {
            throw new BadInputException(file, "tensor " + tensor + " has " + elements + " elements; at most "
                    + (Integer.MAX_VALUE - TensorSource.ALIGNMENT) / Float.BYTES + " can be widened to fp32");
        }
        return TensorSource.allocate((int) elements * Float.BYTES);
    }
}
