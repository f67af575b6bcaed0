package org.fedbiot.learning.format;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.fedbiot.learning.text.BpeTokenizerFile;
import org.fedbiot.learning.text.TokenizerFiles;

/** A GGUF file's own vocabulary as the tokenizer.json that Hugging Face's tokenizers read. */
final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final long CONTROL = 3;
    private static final long USER_DEFINED = 4;
    private static final Map<String, BpeTokenizerFile.Splitting> SPLITTING = Map.of(
            "smollm", BpeTokenizerFile.Splitting.DIGITS_THEN_GPT2,
            "gpt-2", BpeTokenizerFile.Splitting.GPT2,
            "llama-bpe", BpeTokenizerFile.Splitting.LLAMA3,
            "llama3", BpeTokenizerFile.Splitting.LLAMA3,
            "llama-v3", BpeTokenizerFile.Splitting.LLAMA3);

    private GgufTokenizer() { }

    static TokenizerFiles of(GgufMetadata metadata, int contextLength) {
        String model = metadata.text(PREFIX + "model").orElse("missing");
        if (!model.equals("gpt2")) {
            throw metadata.bad(PREFIX + "model", "is " + model + "; only gpt2 (byte-level BPE) is honoured");
        }
        String pre = metadata.text(PREFIX + "pre").orElse("missing");
        BpeTokenizerFile.Splitting splitting = SPLITTING.get(pre);
        if (splitting == null) {
            throw metadata.bad(PREFIX + "pre", "is " + pre + "; smollm, gpt-2 and llama-bpe are honoured");
        }
        if (metadata.flag(PREFIX + "add_space_prefix")) {
            throw metadata.bad(PREFIX + "add_space_prefix", "is true, which is not honoured");
        }
        List<String> tokens = metadata.list(PREFIX + "tokens", String.class);
        List<Long> types = metadata.list(PREFIX + "token_type", Long.class);
        if (types.size() != tokens.size()) {
            throw metadata.bad(PREFIX + "token_type", "has " + types.size() + " entries for " + tokens.size()
                    + " tokens");
        }
        Map<Integer, Boolean> added = new HashMap<>();
        for (int id = 0; id < types.size(); id++) {
            if (types.get(id) == CONTROL || types.get(id) == USER_DEFINED) {
                added.put(id, types.get(id) == CONTROL);
            }
        }
        Map<String, String> roles = new HashMap<>();
        role(metadata, "bos", "bos", tokens, roles);
        role(metadata, "eos", "eos", tokens, roles);
        role(metadata, "padding", "pad", tokens, roles);
        role(metadata, "unknown", "unk", tokens, roles);
        return new BpeTokenizerFile(metadata.file(), tokens, metadata.list(PREFIX + "merges", String.class), added,
                splitting, roles, metadata.flag(PREFIX + "add_bos_token"),
                metadata.text("tokenizer.chat_template"), contextLength).files();
    }

    private static void role(GgufMetadata metadata, String key, String role, List<String> tokens,
            Map<String, String> roles) {
        OptionalInt id = metadata.optionalInteger(PREFIX + key + "_token_id");
        if (id.isPresent()) {
            if (id.getAsInt() >= tokens.size()) {
                throw metadata.bad(PREFIX + key + "_token_id", "is " + id.getAsInt() + ", there are "
                        + tokens.size() + " tokens");
            }
            roles.put(role, tokens.get(id.getAsInt()));
        }
    }
}
