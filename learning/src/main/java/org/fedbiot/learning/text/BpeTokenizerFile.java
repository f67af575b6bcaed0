package org.fedbiot.learning.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A byte-level BPE vocabulary as the files of a Hugging Face directory.
 *
 * @param origin where the vocabulary came from, for messages
 * @param tokens by id, in the byte-level alphabet
 * @param merges two tokens with a space between, best first
 * @param added ids of tokens that are matched as a whole before the text is split; true for those with a role
 * @param roles token by role: bos, eos, pad, unk
 * @param addsBos whether the model expects bos before a text
 */
public record BpeTokenizerFile(Path origin, List<String> tokens, List<String> merges, Map<Integer, Boolean> added,
        Splitting splitting, Map<String, String> roles, boolean addsBos, Optional<String> chatTemplate,
        int contextLength) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** How a text is cut into the pieces inside which merges apply. */
    public enum Splitting {
        /** GPT-2's pattern. */
        GPT2 {
            @Override
            ArrayNode steps() {
                return JSON.createArrayNode().add(byteLevel(true));
            }
        },
        /** Each digit by itself, then GPT-2's pattern. */
        DIGITS_THEN_GPT2 {
            @Override
            ArrayNode steps() {
                ArrayNode steps = JSON.createArrayNode();
                steps.addObject().put("type", "Digits").put("individual_digits", true);
                return steps.add(byteLevel(true));
            }
        },
        /** Llama 3's pattern; a piece that is a token as it stands is not merged. */
        LLAMA3 {
            @Override
            ArrayNode steps() {
                ArrayNode steps = JSON.createArrayNode();
                ObjectNode split = steps.addObject().put("type", "Split");
                split.putObject("pattern").put("Regex", "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+"
                        + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
                split.put("behavior", "Isolated").put("invert", false);
                return steps.add(byteLevel(false));
            }
        };

        abstract ArrayNode steps();

        private static ObjectNode byteLevel(boolean gpt2Pattern) {
            return JSON.createObjectNode().put("type", "ByteLevel").put("add_prefix_space", false)
                    .put("trim_offsets", true).put("use_regex", gpt2Pattern);
        }
    }

    public TokenizerFiles files() {
        return new TokenizerFiles(origin, bytes(tokenizer()), bytes(config()));
    }

    private ObjectNode tokenizer() {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode addedTokens = root.putArray("added_tokens");
        new TreeMap<>(added).forEach((id, special) ->
                addedTokens.add(TokenizerJson.added(id, tokens.get(id), special)));
        root.putNull("normalizer");
        root.putObject("pre_tokenizer").put("type", "Sequence").set("pretokenizers", splitting.steps());
        root.set("post_processor", addsBos && roles.containsKey("bos")
                ? TokenizerJson.bosFirst(roles.get("bos"), tokens.indexOf(roles.get("bos"))) : null);
        root.set("decoder", Splitting.byteLevel(true));
        ObjectNode model = root.putObject("model").put("type", "BPE").putNull("dropout").putNull("unk_token")
                .putNull("continuing_subword_prefix").putNull("end_of_word_suffix").put("fuse_unk", false)
                .put("byte_fallback", false).put("ignore_merges", splitting == Splitting.LLAMA3);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            vocabulary.put(tokens.get(id), id);
        }
        ArrayNode mergeList = model.putArray("merges");
        merges.forEach(mergeList::add);
        return root;
    }

    private ObjectNode config() {
        ObjectNode config = JSON.createObjectNode();
        config.put("add_bos_token", addsBos).put("add_prefix_space", false);
        new TreeMap<>(roles).forEach((role, token) -> config.put(role + "_token", token));
        chatTemplate.ifPresent(template -> config.put("chat_template", template));
        config.put("clean_up_tokenization_spaces", false).put("model_max_length", contextLength)
                .put("tokenizer_class", "PreTrainedTokenizerFast");
        return config;
    }

    private static byte[] bytes(ObjectNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }
}
