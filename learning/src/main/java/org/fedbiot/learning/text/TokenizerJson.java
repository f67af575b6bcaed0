package org.fedbiot.learning.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Pieces of a {@code tokenizer.json} that both kinds of tokenizer have. */
final class TokenizerJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TokenizerJson() { }

    /** One entry of {@code added_tokens}: matched as a whole, before the text is split. */
    static ObjectNode added(int id, String content, boolean special) {
        return JSON.createObjectNode().put("id", id).put("content", content).put("single_word", false)
                .put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", special);
    }

    /** A post-processor that puts bos before a text, for readers that ask for special tokens. */
    static ObjectNode bosFirst(String bos, int id) {
        ObjectNode root = JSON.createObjectNode().put("type", "TemplateProcessing");
        root.putArray("single").add(special(bos, 0)).add(sequence("A", 0));
        root.putArray("pair").add(special(bos, 0)).add(sequence("A", 0)).add(special(bos, 1)).add(sequence("B", 1));
        ObjectNode entry = root.putObject("special_tokens").putObject(bos).put("id", bos);
        entry.putArray("ids").add(id);
        entry.putArray("tokens").add(bos);
        return root;
    }

    private static ObjectNode special(String token, int type) {
        ObjectNode node = JSON.createObjectNode();
        node.putObject("SpecialToken").put("id", token).put("type_id", type);
        return node;
    }

    private static ObjectNode sequence(String id, int type) {
        ObjectNode node = JSON.createObjectNode();
        node.putObject("Sequence").put("id", id).put("type_id", type);
        return node;
    }
}
