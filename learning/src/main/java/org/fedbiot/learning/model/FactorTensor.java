package org.fedbiot.learning.model;

/** One LoRA factor: "layers.&lt;full-model index&gt;.&lt;projection path&gt;.lora_A" [rank, in] or "….lora_B" [out, rank]. */
public record FactorTensor(String name, int modelLayer, Projection projection, boolean isA, int rows, int columns) {
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
