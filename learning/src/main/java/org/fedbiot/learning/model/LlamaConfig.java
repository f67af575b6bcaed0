package org.fedbiot.learning.model;

/**
 * Shape of a LLaMA decoder. Sizes in elements; {@code ropeTheta} is the base of the rotary frequencies,
 * {@code normEpsilon} the constant inside the RMSNorm root, {@code contextLength} the longest sequence in tokens.
 */
public record LlamaConfig(
        int vocabularySize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        double ropeTheta,
        double normEpsilon,
        boolean tiedEmbeddings,
        int contextLength) {

    public LlamaConfig {
        requirePositive("vocabularySize", vocabularySize);
        requirePositive("hiddenSize", hiddenSize);
        requirePositive("intermediateSize", intermediateSize);
        requirePositive("layers", layers);
        requirePositive("heads", heads);
        requirePositive("keyValueHeads", keyValueHeads);
        requirePositive("headSize", headSize);
        requirePositive("ropeTheta", ropeTheta);
        requirePositive("normEpsilon", normEpsilon);
        requirePositive("contextLength", contextLength);
        if (heads % keyValueHeads != 0) {
            throw new IllegalArgumentException("heads " + heads + " is not a multiple of keyValueHeads " + keyValueHeads);
        }
        if (headSize % 2 != 0) {
            throw new IllegalArgumentException("headSize " + headSize + " is odd: rotary embedding wants pairs");
        }
    }

    /** The same shape with another number of decoder layers, as a compressed model has. */
    public LlamaConfig withLayers(int count) {
        return new LlamaConfig(vocabularySize, hiddenSize, intermediateSize, count, heads, keyValueHeads, headSize,
                ropeTheta, normEpsilon, tiedEmbeddings, contextLength);
    }

    /** Width of all query heads together. */
    public int querySize() {
        return heads * headSize;
    }

    /** Width of all key (or value) heads together. */
    public int keyValueSize() {
        return keyValueHeads * headSize;
    }

    /** Parameters of one decoder layer: seven linears and two norms. */
    public long layerParameters() {
        long linears = 0;
        for (Projection projection : Projection.values()) {
            linears += (long) projection.outputSize(this) * projection.inputSize(this);
        }
        return linears + 2L * hiddenSize;
    }

    /** Parameters outside the decoder layers: embedding, final norm, and the head where it is not tied. */
    public long otherParameters() {
        long table = (long) vocabularySize * hiddenSize;
        return table + hiddenSize + (tiedEmbeddings ? 0 : table);
    }

    /** All parameters. */
    public long parameters() {
        return layers * layerParameters() + otherParameters();
    }

    private static void requirePositive(String key, double value) {
        if (!(value > 0)) {
            throw new IllegalArgumentException(key + " must be above 0 but was " + value);
        }
    }
}
