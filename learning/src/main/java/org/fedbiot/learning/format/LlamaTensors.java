package org.fedbiot.learning.format;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.model.TensorSource;

/** Which tensors a LLaMA model of a given shape has, under their Hugging Face names. */
public final class LlamaTensors {
    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String FINAL_NORM = "model.norm.weight";
    public static final String HEAD = "lm_head.weight";

    private LlamaTensors() { }

    public static String inLayer(int layer, String part) {
        return "model.layers." + layer + "." + part + ".weight";
    }

    /** Shape by name, in the order of the forward pass; the head only when it is not the embedding. */
    public static Map<String, long[]> shapes(LlamaConfig config) {
        long hidden = config.hiddenSize();
        long queries = (long) config.heads() * config.headSize();
        long keys = (long) config.keyValueHeads() * config.headSize();
        long middle = config.intermediateSize();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(EMBEDDING, new long[] {config.vocabularySize(), hidden});
        for (int layer = 0; layer < config.layers(); layer++) {
            shapes.put(inLayer(layer, "input_layernorm"), new long[] {hidden});
            shapes.put(inLayer(layer, "self_attn.q_proj"), new long[] {queries, hidden});
            shapes.put(inLayer(layer, "self_attn.k_proj"), new long[] {keys, hidden});
            shapes.put(inLayer(layer, "self_attn.v_proj"), new long[] {keys, hidden});
            shapes.put(inLayer(layer, "self_attn.o_proj"), new long[] {hidden, queries});
            shapes.put(inLayer(layer, "post_attention_layernorm"), new long[] {hidden});
            shapes.put(inLayer(layer, "mlp.gate_proj"), new long[] {middle, hidden});
            shapes.put(inLayer(layer, "mlp.up_proj"), new long[] {middle, hidden});
            shapes.put(inLayer(layer, "mlp.down_proj"), new long[] {hidden, middle});
        }
        shapes.put(FINAL_NORM, new long[] {hidden});
        if (!config.tiedEmbeddings()) {
            shapes.put(HEAD, new long[] {config.vocabularySize(), hidden});
        }
        return shapes;
    }

    /** Refuses a missing tensor, a wrong shape, and a tensor that the model code would not use. */
    static void check(Path location, LlamaConfig config, TensorSource tensors) {
        Map<String, long[]> expected = shapes(config);
        expected.forEach((name, shape) -> {
            if (!tensors.names().contains(name)) {
                throw new BadInputException(location, "no tensor " + name + ", which its config asks for");
            }
            if (!Arrays.equals(tensors.shape(name), shape)) {
                throw new BadInputException(location, "tensor " + name + " has shape "
                        + Arrays.toString(tensors.shape(name)) + ", by the config it must be "
                        + Arrays.toString(shape));
            }
        });
        for (String name : tensors.names()) {
            // A tied model may still carry its head, and old files the rotation table: both follow from the rest.
            boolean derived = name.equals(HEAD) || name.endsWith(".rotary_emb.inv_freq");
            if (!expected.containsKey(name) && !derived) {
                throw new BadInputException(location, "tensor " + name + " has no place in a LLaMA model of this shape");
            }
        }
    }
}
