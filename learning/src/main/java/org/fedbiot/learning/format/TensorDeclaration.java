package org.fedbiot.learning.format;

import java.util.List;

/** Name, element type and shape (outermost first) of a tensor in a safetensors file. */
public record TensorDeclaration(String name, ElementType type, List<Long> shape) {
    public TensorDeclaration {
        shape = List.copyOf(shape);
        if (name.isEmpty() || name.equals(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException("not a tensor name: \"" + name + "\"");
        }
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException(name + ": negative size in shape " + shape);
            }
        }
        // Overflow shows here, before anything is computed from it.
        elements(shape);
    }

    public static TensorDeclaration of(String name, ElementType type, long... shape) {
        return new TensorDeclaration(name, type, java.util.Arrays.stream(shape).boxed().toList());
    }

    public long elements() {
        return elements(shape);
    }

    public long bytes() {
        return Math.multiplyExact(elements(), type.bytes());
    }

    long[] shapeArray() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    private static long elements(List<Long> shape) {
        long product = 1;
        for (long size : shape) {
            product = Math.multiplyExact(product, size);
        }
        return product;
    }
}
