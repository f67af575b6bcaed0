package org.fedbiot.learning.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.fedbiot.learning.BadInputException;

/** Direct little-endian buffers for widened tensors. They count against the JVM's -XX:MaxDirectMemorySize. */
final class DirectFloats {
    private DirectFloats() { }

    static ByteBuffer allocate(Path file, String tensor, long elements) {
        if (elements > Integer.MAX_VALUE / Float.BYTES) {
            throw new BadInputException(file, "tensor " + tensor + " has " + elements + " elements; at most "
                    + Integer.MAX_VALUE / Float.BYTES + " can be widened to fp32");
        }
        return ByteBuffer.allocateDirect((int) elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
}
