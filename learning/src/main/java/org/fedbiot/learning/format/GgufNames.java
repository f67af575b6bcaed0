package org.fedbiot.learning.format;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fedbiot.learning.model.LlamaWeights;

/** Hugging Face's names for the tensors of a LLaMA model in GGUF. */
final class GgufNames {
    private static final Map<String, String> OUTSIDE = Map.of("token_embd.weight", LlamaWeights.EMBEDDING,
            "output_norm.weight", LlamaWeights.FINAL_NORM, "output.weight", LlamaWeights.HEAD);
    private static final Map<String, String> PARTS = Map.of("attn_norm", "input_layernorm",
            "attn_q", "self_attn.q_proj", "attn_k", "self_attn.k_proj", "attn_v", "self_attn.v_proj",
            "attn_output", "self_attn.o_proj", "ffn_norm", "post_attention_layernorm",
            "ffn_gate", "mlp.gate_proj", "ffn_up", "mlp.up_proj", "ffn_down", "mlp.down_proj");
    private static final Pattern IN_LAYER = Pattern.compile("blk\\.(\\d{1,6})\\.([a-z_]+)\\.weight");

    private GgufNames() { }

    static Optional<String> huggingFace(String name) {
        if (OUTSIDE.containsKey(name)) {
            return Optional.of(OUTSIDE.get(name));
        }
        Matcher inLayer = IN_LAYER.matcher(name);
        if (!inLayer.matches() || !PARTS.containsKey(inLayer.group(2))) {
            return Optional.empty();
        }
        return Optional.of("model.layers." + Integer.parseInt(inLayer.group(1)) + "." + PARTS.get(inLayer.group(2)) + ".weight");
    }
}
