package org.fedbiot.learning.model;

/**
 * Shape of a LLaMA model.
 *
 * @param layers decoder layers
 * @param heads query heads
 * @param keyValueHeads key and value heads, a divisor of {@code heads}
 * @param headSize values per head
 * @param tiedEmbeddings whether the output head is the embedding
 * @param contextLength longest sequence in tokens
 */
public record LlamaConfig(int vocabularySize, int hiddenSize, int intermediateSize, int layers, int heads,
        int keyValueHeads, int headSize, double ropeTheta, double normEpsilon, boolean tiedEmbeddings,
        int contextLength) {
    public LlamaConfig {
        if (vocabularySize < 1 || hiddenSize < 1 || intermediateSize < 1 || layers < 1 || heads < 1
                || keyValueHeads < 1 || headSize < 1 || contextLength < 1) {
            throw new IllegalArgumentException("a size of the model is below 1");
        }
        if (heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(heads + " heads cannot share " + keyValueHeads + " key-value heads");
        }
        if (headSize % 2 != 0) {
            throw new IllegalArgumentException("head size " + headSize + " is odd, rotation needs pairs");
        }
        if (!(ropeTheta > 0) || !(normEpsilon > 0)) {
            throw new IllegalArgumentException("rope theta and norm epsilon must be above 0");
        }
    }

    /** Parameters of one decoder layer: four attention and three MLP matrices and two norms. */
    public long layerParameters() {
        long attention = 2L * hiddenSize * heads * headSize + 2L * hiddenSize * keyValueHeads * headSize;
        return attention + 3L * hiddenSize * intermediateSize + 2L * hiddenSize;
    }

    /** Parameters outside the layers: embedding, final norm, and the head unless it is the embedding. */
    public long otherParameters() {
        long embedding = (long) vocabularySize * hiddenSize;
        return (tiedEmbeddings ? 1 : 2) * embedding + hiddenSize;
    }
}
