package org.fedbiot.learning.model;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One LoRA factor: "layers.&lt;full-model index&gt;.&lt;projection path&gt;.lora_A" [rank, in] or "….lora_B" [out, rank]. */
public record FactorTensor(String name, int modelLayer, Projection projection, boolean isA, int rows, int columns) {
    private static final Pattern NAME = Pattern.compile("layers\\.(\\d+)\\.(\\w+\\.\\w+)\\.lora_([AB])");

    /**
     * A tensor as a layout that travelled names it.
     *
     * @throws IllegalArgumentException if the name is not one of a factor
     */
    public static FactorTensor of(String name, int rows, int columns) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no factor is named '" + name
                    + "': layers.<layer>.<projection>.lora_A or lora_B is expected");
        }
        Projection projection = Arrays.stream(Projection.values())
                .filter(known -> known.path().equals(parts.group(2))).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + ": no such projection"));
        return new FactorTensor(name, Integer.parseInt(parts.group(1)), projection, parts.group(3).equals("A"), rows,
                columns);
    }

    static FactorTensor a(int modelLayer, Projection projection, int rank, int inputSize) {
        return new FactorTensor(name(modelLayer, projection, "lora_A"), modelLayer, projection, true, rank, inputSize);
    }

    static FactorTensor b(int modelLayer, Projection projection, int rank, int outputSize) {
        return new FactorTensor(name(modelLayer, projection, "lora_B"), modelLayer, projection, false, outputSize, rank);
    }

    /** Elements of this factor. */
    public int elements() {
        return Math.multiplyExact(rows, columns);
    }

    private static String name(int modelLayer, Projection projection, String factor) {
        return "layers." + modelLayer + "." + projection.path() + "." + factor;
    }
}
