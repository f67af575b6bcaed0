package org.fedbiot.learning.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalInt;
import org.fedbiot.learning.BadInputException;

/**
 * The two files that make a tokenizer, as they stand in a Hugging Face directory and as clients get them.
 *
 * @param origin file or directory they came from, for messages
 */
public record TokenizerFiles(Path origin, byte[] tokenizerJson, byte[] tokenizerConfigJson) {
    public static final String TOKENIZER = "tokenizer.json";
    public static final String CONFIG = "tokenizer_config.json";
    /** Bound before reading: the largest tokenizer.json in use are about 35 MB. */
    private static final long MAX_BYTES = 256L << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @throws BadInputException a file is missing or too large */
    public static TokenizerFiles read(Path directory) {
        return new TokenizerFiles(directory, bytes(directory.resolve(TOKENIZER)), bytes(directory.resolve(CONFIG)));
    }

    private static byte[] bytes(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(file, "missing; a model directory needs " + TOKENIZER + " and " + CONFIG);
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new BadInputException(file, "larger than " + MAX_BYTES + " bytes, not a tokenizer");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new BadInputException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Ids by token, over the model's vocabulary and the added tokens; {@code size} is the highest id plus one. */
    record Vocabulary(Map<String, Integer> ids, int size) { }

    Vocabulary vocabulary() {
        JsonNode root = parse(tokenizerJson, TOKENIZER);
        JsonNode vocabulary = root.path("model").path("vocab");
        Map<String, Integer> ids = new HashMap<>();
        if (vocabulary.isObject()) {
            for (Iterator<Map.Entry<String, JsonNode>> it = vocabulary.fields(); it.hasNext(); ) {
                Map.Entry<String, JsonNode> entry = it.next();
                ids.put(entry.getKey(), id(entry.getValue()));
            }
        } else if (vocabulary.isArray()) {
            for (JsonNode entry : vocabulary) {
                ids.put(entry.path(0).asText(), ids.size());
            }
        }
        if (ids.isEmpty()) {
            throw new BadInputException(origin, TOKENIZER + ": no vocabulary under model.vocab");
        }
        for (JsonNode added : root.path("added_tokens")) {
            ids.put(added.path("content").asText(), id(added.path("id")));
        }
        return new Vocabulary(ids, 1 + ids.values().stream().mapToInt(Integer::intValue).max().orElseThrow());
    }

    /** Ids of bos, eos and pad as {@code tokenizer_config.json} names them. */
    public SpecialTokens specialTokens() {
        return specialTokens(vocabulary());
    }

    SpecialTokens specialTokens(Vocabulary vocabulary) {
        JsonNode config = parse(tokenizerConfigJson, CONFIG);
        return new SpecialTokens(role(config, "bos_token", vocabulary), role(config, "eos_token", vocabulary),
                role(config, "pad_token", vocabulary));
    }

    private OptionalInt role(JsonNode config, String key, Vocabulary vocabulary) {
        JsonNode value = config.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return OptionalInt.empty();
        }
        String token = value.isObject() ? value.path("content").asText() : value.asText();
        Integer id = vocabulary.ids().get(token);
        if (id == null) {
            throw new BadInputException(origin, CONFIG + ": " + key + " \"" + token + "\" is not in " + TOKENIZER);
        }
        return OptionalInt.of(id);
    }

    private int id(JsonNode node) {
        if (!node.canConvertToInt() || node.asInt() < 0) {
            throw new BadInputException(origin, TOKENIZER + ": token id " + node + " is not a number from 0");
        }
        return node.asInt();
    }

    private JsonNode parse(byte[] json, String name) {
        try {
            JsonNode root = JSON.readTree(json);
            if (root == null || !root.isObject()) {
                throw new BadInputException(origin, name + ": not a JSON object");
            }
            return root;
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            throw new BadInputException(origin, name + ": malformed JSON: "
                    + message.lines().findFirst().orElse(message), e);
        }
    }
}
