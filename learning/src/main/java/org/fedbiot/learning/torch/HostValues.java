package org.fedbiot.learning.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Function;

/**
 * Values of arrays as Java has them, wherever the arrays are. From another device they come by way of a script: the
 * binding's own copy makes a manager for each call that lives as long as the array's, and it ends the process for bf16.
 */
public final class HostValues {
    private HostValues() {}

    /** An fp32 scalar. */
    public static float scalar(NDArray array) {
        return read(array, NDArray::getFloat);
    }

    /** fp32, row-major. */
    public static float[] floats(NDArray array) {
        return read(array, NDArray::toFloatArray);
    }

    /** int64, row-major. */
    public static long[] longs(NDArray array) {
        return read(array, NDArray::toLongArray);
    }

    /** A copy of the bytes of any type, little-endian, row-major. */
    public static ByteBuffer bytes(NDArray array) {
        return read(array, NDArray::toByteBuffer).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static <T> T read(NDArray array, Function<NDArray, T> reader) {
        if (array.getDevice().equals(Device.cpu())) {
            return reader.apply(array);
        }
        try (NDArray here = Primitives.shared().toHost(array)) {
            return reader.apply(here);
        }
    }
}
