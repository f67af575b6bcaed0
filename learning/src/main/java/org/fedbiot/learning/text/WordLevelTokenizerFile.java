package org.fedbiot.learning.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.fedbiot.learning.BadInputException;

/**
 * Writes {@code tokenizer.json} and {@code tokenizer_config.json} of a tokenizer that splits at white space and gives
 * each word its own id, as Hugging Face's WordLevel model. A word's id is its place in the vocabulary. An example of such
 * a model starts with bos.
 */
public final class WordLevelTokenizerFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Words with a role, each of which must stand in the vocabulary. {@code unknown} may be one of the others. */
    public record Roles(String bos, String eos, String pad, String unknown) { }

    private WordLevelTokenizerFile() { }

    /** Writes both files into an existing directory. */
    public static void write(Path directory, List<String> vocabulary, Roles roles) throws IOException {
        TokenizerFiles files = of(vocabulary, roles);
        Files.write(directory.resolve(TokenizerFiles.TOKENIZER), files.tokenizerJson());
        Files.write(directory.resolve(TokenizerFiles.CONFIG), files.tokenizerConfigJson());
    }

    /** The two files in memory. */
    public static TokenizerFiles of(List<String> vocabulary, Roles roles) {
        Set<String> seen = new HashSet<>();
        for (String word : vocabulary) {
            if (word.isEmpty() || word.chars().anyMatch(Character::isWhitespace) || !seen.add(word)) {
                throw new BadInputException("vocabulary: \"" + word + "\" is empty, repeated or holds white space");
            }
        }
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (int id = 0; id < vocabulary.size(); id++) {
            String word = vocabulary.get(id);
            if (List.of(roles.bos(), roles.eos(), roles.pad(), roles.unknown()).contains(word)) {
                added.add(TokenizerJson.added(id, word, true));
            }
        }
        root.putNull("normalizer");
        root.putObject("pre_tokenizer").put("type", "WhitespaceSplit");
        root.set("post_processor", TokenizerJson.bosFirst(roles.bos(), vocabulary.indexOf(roles.bos())));
        root.putNull("decoder");
        ObjectNode model = root.putObject("model").put("type", "WordLevel");
        ObjectNode ids = model.putObject("vocab");
        for (int id = 0; id < vocabulary.size(); id++) {
            ids.put(vocabulary.get(id), id);
        }
        model.put("unk_token", roles.unknown());
        ObjectNode config = JSON.createObjectNode();
        for (String[] role : new String[][] {{"bos_token", roles.bos()}, {"eos_token", roles.eos()},
            {"pad_token", roles.pad()}, {"unk_token", roles.unknown()}}) {
            if (!seen.contains(role[1])) {
                throw new BadInputException("vocabulary: " + role[0] + " \"" + role[1] + "\" is not in it");
            }
            config.put(role[0], role[1]);
        }
        config.put("clean_up_tokenization_spaces", false).put("tokenizer_class", "PreTrainedTokenizerFast");
        return new TokenizerFiles(Path.of("(word list)"), bytes(root), bytes(config));
    }

    private static byte[] bytes(ObjectNode node) {
        return node.toPrettyString().getBytes(StandardCharsets.UTF_8);
    }
}
