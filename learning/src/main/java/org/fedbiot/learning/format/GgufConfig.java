package org.fedbiot.learning.format;

import java.util.Map;
import java.util.Set;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.format.GgufHeader.GgufTensor;
import org.fedbiot.learning.model.LlamaConfig;

/** Shape of the model from a GGUF file's {@code llama.*} keys; each key is used, checked, or refused by name. */
final class GgufConfig {
    private static final String PREFIX = "llama.";
    private static final Set<String> USED = Set.of("block_count", "context_length", "embedding_length",
            "feed_forward_length", "attention.head_count", "attention.head_count_kv", "attention.key_length",
            "attention.value_length", "attention.layer_norm_rms_epsilon", "rope.freq_base", "rope.dimension_count",
            "vocab_size");

    private GgufConfig() { }

    static LlamaConfig of(GgufMetadata metadata, Map<String, GgufTensor> tensors) {
        String architecture = metadata.text("general.architecture").orElse("missing");
        if (!architecture.equals("llama")) {
            throw metadata.bad("general.architecture", "is " + architecture + "; only llama is honoured");
        }
        if (metadata.optionalInteger("split.count").orElse(1) > 1) {
            throw metadata.bad("split.count", "says that this is one of several files; join them first");
        }
        metadata.keys().stream().filter(key -> key.startsWith(PREFIX)).forEach(key -> checkHonoured(metadata, key));
        GgufTensor embedding = tensors.get("token_embd.weight");
        if (embedding == null || embedding.shape().length != 2) {
            throw new BadInputException(metadata.file(), "no matrix token_embd.weight");
        }
        int vocabulary = Math.toIntExact(embedding.shape()[0]);
        int heads = metadata.integer("llama.attention.head_count");
        int hidden = metadata.integer("llama.embedding_length");
        int headSize = metadata.optionalInteger("llama.attention.key_length").orElse(hidden / Math.max(1, heads));
        requireEqual(metadata, "llama.vocab_size", vocabulary);
        requireEqual(metadata, "llama.attention.value_length", headSize);
        requireEqual(metadata, "llama.rope.dimension_count", headSize);
        try {
            return new LlamaConfig(vocabulary, hidden, metadata.integer("llama.feed_forward_length"),
                    metadata.integer("llama.block_count"), heads,
                    metadata.optionalInteger("llama.attention.head_count_kv").orElse(heads), headSize,
                    metadata.number("llama.rope.freq_base").orElse(10000.0),
                    metadata.number("llama.attention.layer_norm_rms_epsilon")
                            .orElseThrow(() -> metadata.bad("llama.attention.layer_norm_rms_epsilon", "is missing")),
                    !tensors.containsKey("output.weight"), metadata.integer("llama.context_length"));
        } catch (IllegalArgumentException e) {
            throw new BadInputException(metadata.file(), e.getMessage(), e);
        }
    }

    private static void checkHonoured(GgufMetadata metadata, String key) {
        String name = key.substring(PREFIX.length());
        Object value = metadata.values().get(key);
        boolean honoured = switch (name) {
            case "rope.scaling.type" -> value.equals("none");
            case "rope.scaling.factor", "rope.scale_linear" ->
                    value instanceof Number number && number.doubleValue() == 1;
            case "expert_count", "expert_used_count" -> value.equals(0L);
            case "attention.causal" -> value.equals(true);
            case "use_parallel_residual" -> value.equals(false);
            default -> USED.contains(name);
        };
        if (!honoured) {
            throw metadata.bad(key, "(= " + value + ") is not honoured by this model code");
        }
    }

    private static void requireEqual(GgufMetadata metadata, String key, int expected) {
        int value = metadata.optionalInteger(key).orElse(expected);
        if (value != expected) {
            throw metadata.bad(key, "is " + value + ", by the rest of the file it must be " + expected);
        }
    }
}
