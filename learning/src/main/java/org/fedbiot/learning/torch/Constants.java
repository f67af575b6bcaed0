package org.fedbiot.learning.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Numbers as scalar arrays that live as long as the process. An array made of a Java number for one call is freed by
 * the garbage collector while autograd may still hold its memory, which gives silently wrong gradients.
 */
final class Constants {
    private final NDManager manager;
    private final Map<Double, NDArray> scalars = new ConcurrentHashMap<>();

    Constants(NDManager manager) {
        this.manager = manager;
    }

    /** A float64 scalar; scripts read it as a number, so it never enters a graph. */
    NDArray scalar(double value) {
        return scalars.computeIfAbsent(value, v -> outOfScope(() -> manager.create(v)));
    }

    /** Makes an array that the caller's open scope does not close. */
    static NDArray outOfScope(Supplier<NDArray> maker) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray array = maker.get();
            NDScope.unregister(array);
            return array;
        }
    }
}
