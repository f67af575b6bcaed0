package org.fedbiot.learning.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** One entry of {@code added_tokens}: matched as a whole, before the text is split. */
final class SpecialTokenJson {
    private SpecialTokenJson() { }

    static ObjectNode added(ObjectMapper json, int id, String content) {
        return json.createObjectNode().put("id", id).put("content", content).put("single_word", false)
                .put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", true);
    }
}
