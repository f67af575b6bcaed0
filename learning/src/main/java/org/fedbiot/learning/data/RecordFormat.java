package org.fedbiot.learning.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of JSON object that a line may hold, told apart by their keys. */
enum RecordFormat {
    /** Alpaca: instruction, input (may be absent or empty), output. */
    ALPACA("instruction", "output", "input"),
    /** Dolly: instruction, context (may be absent or empty), response, category. */
    DOLLY("instruction", "response", "context"),
    /** GSM8K: the last line of the answer is "#### N". The calculator marks stay as they are in the data. */
    GSM8K("question", "answer", ""),
    /** What this project generates. */
    PLAIN("prompt", "reply", "");

    static final String CATEGORY = "category";

    private final String promptKey;
    private final String replyKey;
    /** Empty where the form has none. */
    private final String inputKey;

    RecordFormat(String promptKey, String replyKey, String inputKey) {
        this.promptKey = promptKey;
        this.replyKey = replyKey;
        this.inputKey = inputKey;
    }

    /** The format that has both its keys in the object, or else one. */
    static RecordFormat of(JsonNode object) {
        return Arrays.stream(values()).filter(f -> object.has(f.promptKey) && object.has(f.replyKey)).findFirst()
                .or(() -> Arrays.stream(values()).filter(f -> object.has(f.promptKey) || object.has(f.replyKey))
                        .findFirst())
                .orElseThrow(() -> new UnusableRecordException("no key of a known format: "
                        + Arrays.stream(values()).map(RecordFormat::keys).toList()));
    }

    Example example(String source, JsonNode object) {
        String prompt = required(object, promptKey);
        String reply = required(object, replyKey);
        Optional<String> input = inputKey.isEmpty() ? Optional.empty() : optional(object, inputKey);
        return new Example(source, prompt, input, this == GSM8K ? reply.replace("####", "The answer is") : reply,
                optional(object, CATEGORY));
    }

    /** Whether the object is of this form but for a reply without text. */
    boolean lacksReply(JsonNode object) {
        JsonNode reply = object.path(replyKey);
        return reply.isNull() || reply.isTextual() && reply.textValue().isBlank();
    }

    private List<String> keys() {
        return List.of(promptKey, replyKey);
    }

    private static String required(JsonNode object, String key) {
        if (!object.has(key)) {
            throw new UnusableRecordException("key \"" + key + "\" is missing");
        }
        return optional(object, key).orElseThrow(() -> new UnusableRecordException("key \"" + key + "\" is empty"));
    }

    private static Optional<String> optional(JsonNode object, String key) {
        JsonNode value = object.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw new UnusableRecordException("key \"" + key + "\" is not a text");
        }
        return Optional.of(value.textValue()).filter(text -> !text.isBlank());
    }

    /** Thrown for one record; the message holds nothing of its text. */
    static final class UnusableRecordException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnusableRecordException(String reason) {
            super(reason, null, false, false);
        }
    }
}
