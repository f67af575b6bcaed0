package org.fedbiot.learning.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.learning.text.SpecialTokens;

/**
 * A Hugging Face {@code config.json} of a LLaMA model. What the model code does not honour is refused by its key, and
 * so is a key nobody here has heard of: ignoring one would give a model that quietly computes something else.
 */
public final class HuggingFaceConfig {
    public static final String FILE = "config.json";
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    /** Keys that say nothing about what the model computes in a forward pass. */
    private static final Set<String> HARMLESS = Set.of("_name_or_path", "torch_dtype", "dtype", "transformers_version",
            "use_cache", "initializer_range", "bos_token_id", "eos_token_id", "pad_token_id", "unk_token_id",
            "attention_dropout", "hidden_dropout", "resid_pdrop", "embd_pdrop", "is_llama_config",
            "transformers.js_config", "output_attentions", "output_hidden_states", "return_dict", "id2label",
            "label2id", "task_specific_params", "problem_type", "tokenizer_class", "prefix", "max_length",
            "min_length", "do_sample", "temperature", "top_k", "top_p", "num_beams", "repetition_penalty",
            "gradient_checkpointing", "chunk_size_feed_forward", "_commit_hash");

    private static final long MAX_BYTES = 4L << 20;

    private final Path file;
    private final JsonNode root;

    private HuggingFaceConfig(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /** @throws BadInputException as {@link #parse}, or the file is missing or too large */
    public static LlamaConfig read(Path file) {
        return parse(file, SmallFile.read(file, MAX_BYTES));
    }

    /**
     * @param file named in errors only
     * @throws BadInputException malformed, a needed key missing or out of range, or a key that cannot be honoured
     */
    public static LlamaConfig parse(Path file, byte[] json) {
        try {
            JsonNode root = JSON.readTree(json);
            if (!root.isObject()) {
                throw new BadInputException(file, "not a JSON object");
            }
            return new HuggingFaceConfig(file, root).llama();
        } catch (JsonProcessingException e) {
            throw new BadInputException(file, "malformed JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new BadInputException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** The config.json that {@link #parse} and other readers of the layout take back to the same shape. */
    public static byte[] json(LlamaConfig config, SpecialTokens special, BaseType type) {
        ObjectNode out = JSON.createObjectNode();
        out.putArray("architectures").add("LlamaForCausalLM");
        out.put("model_type", "llama").put("vocab_size", config.vocabularySize())
                .put("hidden_size", config.hiddenSize()).put("intermediate_size", config.intermediateSize())
                .put("num_hidden_layers", config.layers()).put("num_attention_heads", config.heads())
                .put("num_key_value_heads", config.keyValueHeads()).put("head_dim", config.headSize())
                .put("max_position_embeddings", config.contextLength()).put("hidden_act", "silu")
                .put("rms_norm_eps", config.normEpsilon()).put("rope_theta", config.ropeTheta())
                .put("attention_bias", false).put("mlp_bias", false)
                .put("tie_word_embeddings", config.tiedEmbeddings())
                .put("torch_dtype", type == BaseType.BFLOAT16 ? "bfloat16" : "float32");
        special.bos().ifPresent(id -> out.put("bos_token_id", id));
        special.eos().ifPresent(id -> out.put("eos_token_id", id));
        special.pad().ifPresent(id -> out.put("pad_token_id", id));
        return out.toPrettyString().getBytes(StandardCharsets.UTF_8);
    }

    private LlamaConfig llama() {
        require("model_type", node -> node.asText().equals("llama"), "llama");
        if (root.has("architectures")) {
            require("architectures", node -> node.size() == 1 && node.get(0).asText().equals("LlamaForCausalLM"),
                    "[LlamaForCausalLM]");
        }
        for (Iterator<Map.Entry<String, JsonNode>> it = root.fields(); it.hasNext(); ) {
            Map.Entry<String, JsonNode> field = it.next();
            checkHonoured(field.getKey(), field.getValue());
        }
        int heads = integer("num_attention_heads");
        int hidden = integer("hidden_size");
        try {
            return new LlamaConfig(integer("vocab_size"), hidden, integer("intermediate_size"),
                    integer("num_hidden_layers"), heads,
                    isSet("num_key_value_heads") ? integer("num_key_value_heads") : heads,
                    isSet("head_dim") ? integer("head_dim") : hidden / heads, ropeTheta(), number("rms_norm_eps"),
                    root.path("tie_word_embeddings").asBoolean(false), integer("max_position_embeddings"));
        } catch (IllegalArgumentException e) {
            throw new BadInputException(file, e.getMessage(), e);
        }
    }

    private void checkHonoured(String key, JsonNode value) {
        switch (key) {
            case "model_type", "architectures", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
                    "num_attention_heads", "num_key_value_heads", "head_dim", "rms_norm_eps", "rope_theta",
                    "max_position_embeddings" -> { }
            case "tie_word_embeddings" -> require(key, JsonNode::isBoolean, "true or false");
            case "hidden_act" -> require(key, node -> node.asText().equals("silu"), "silu");
            case "attention_bias", "mlp_bias", "use_sliding_window", "add_cross_attention", "is_encoder_decoder",
                    "is_decoder", "tie_encoder_decoder", "torchscript", "rope_interleaved" ->
                    require(key, node -> isUnset(node) || node.isBoolean() && !node.asBoolean(), "false");
            case "pretraining_tp" -> require(key, node -> isUnset(node) || node.asInt() == 1, "1");
            case "partial_rotary_factor" -> require(key, node -> isUnset(node) || node.asDouble() == 1, "1");
            case "rope_scaling", "rope_parameters" -> checkRope(key, value);
            default -> {
                if (!HARMLESS.contains(key) && !isUnset(value)) {
                    throw new BadInputException(file, "key " + key + " (= " + shortened(value)
                            + ") is not honoured by this model code; remove it only if the model does not depend on it");
                }
            }
        }
    }

    /** Newer files move rope_theta into rope_parameters; anything but plain rotation is refused. */
    private void checkRope(String key, JsonNode value) {
        if (isUnset(value)) {
            return;
        }
        for (Iterator<Map.Entry<String, JsonNode>> it = value.fields(); it.hasNext(); ) {
            Map.Entry<String, JsonNode> field = it.next();
            boolean plain = switch (field.getKey()) {
                case "rope_type", "type" -> field.getValue().asText().equals("default");
                case "rope_theta" -> field.getValue().isNumber();
                case "partial_rotary_factor" -> field.getValue().asDouble() == 1;
                case "factor" -> field.getValue().asDouble() == 1;
                default -> false;
            };
            if (!plain) {
                throw new BadInputException(file, "key " + key + "." + field.getKey() + " (= "
                        + shortened(field.getValue()) + ") is not honoured: only plain rotary embeddings are");
            }
        }
    }

    private double ropeTheta() {
        JsonNode nested = root.path("rope_parameters").path("rope_theta");
        if (nested.isNumber()) {
            return nested.asDouble();
        }
        // The default of the reference implementation for files older than the key.
        return isSet("rope_theta") ? number("rope_theta") : 10000.0;
    }

    private void require(String key, Predicate<JsonNode> holds, String honoured) {
        JsonNode value = root.path(key);
        if (value.isMissingNode()) {
            throw new BadInputException(file, "key " + key + " is missing; it must be " + honoured);
        }
        if (!holds.test(value)) {
            throw new BadInputException(file, "key " + key + " is " + shortened(value) + "; only " + honoured
                    + " is honoured");
        }
    }

    private int integer(String key) {
        JsonNode value = root.path(key);
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.asInt() < 1) {
            throw new BadInputException(file, "key " + key + " must be a whole number from 1, it is "
                    + (value.isMissingNode() ? "missing" : shortened(value)));
        }
        return value.asInt();
    }

    private double number(String key) {
        JsonNode value = root.path(key);
        if (!value.isNumber() || !(value.asDouble() > 0)) {
            throw new BadInputException(file, "key " + key + " must be a number above 0, it is "
                    + (value.isMissingNode() ? "missing" : shortened(value)));
        }
        return value.asDouble();
    }

    private boolean isSet(String key) {
        return !isUnset(root.path(key));
    }

    private static boolean isUnset(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
