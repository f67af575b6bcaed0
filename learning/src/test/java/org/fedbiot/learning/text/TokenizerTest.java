package org.fedbiot.learning.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.fedbiot.learning.BadInputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
    private static final List<String> WORDS =
            List.of("<pad>", "<bos>", "<eos>", "<unk>", "ann", "has", "12", "pens", ".", "reply", ":");
    @TempDir
    Path directory;

    @BeforeEach
    void writeFiles() throws IOException {
        WordLevelTokenizerFile.write(directory, WORDS,
                new WordLevelTokenizerFile.Roles("<bos>", "<eos>", "<pad>", "<unk>"));
    }

    @Test
    void shouldGiveEachWordItsPlaceInTheVocabulary() {
        try (Tokenizer tokenizer = Tokenizer.open(directory, WORDS.size())) {
            assertThat(tokenizer.encode("ann has  12 pens .\nreply :")).containsExactly(4, 5, 6, 7, 8, 9, 10);
            assertThat(tokenizer.encode("bob has")).containsExactly(3, 5);
            assertThat(tokenizer.encode("")).isEmpty();
            assertThat(tokenizer.decode(new int[] {1, 4, 5, 6, 7, 2})).isEqualTo("ann has 12 pens");
            assertThat(tokenizer.bos()).hasValue(1);
            assertThat(tokenizer.eos()).hasValue(2);
            assertThat(tokenizer.pad()).hasValue(0);
            assertThat(tokenizer.startsWithBos()).isTrue();
            assertThat(tokenizer.vocabularySize()).isEqualTo(WORDS.size());
        }
    }

    @Test
    void shouldCutNothing() {
        try (Tokenizer tokenizer = Tokenizer.open(directory, WORDS.size())) {
            assertThat(tokenizer.encode("ann ".repeat(20_000))).hasSize(20_000).containsOnly(4);
        }
    }

    @Test
    void shouldRefuseATokenizerOfALargerModel() {
        refused(10, "ids up to 10, the model's embedding has 10 rows");
    }

    @Test
    void shouldNameAMissingOrMalformedFile() throws IOException {
        Path tokenizer = directory.resolve("tokenizer.json");
        Path config = directory.resolve("tokenizer_config.json");
        String json = Files.readString(tokenizer);
        Files.writeString(tokenizer, json.substring(0, json.length() / 2));
        refused(11, "tokenizer.json: malformed JSON");
        Files.writeString(tokenizer, "{}");
        refused(11, "tokenizer.json: no vocabulary under model.vocab");
        Files.writeString(tokenizer, json.replace("WhitespaceSplit", "Nonsense"));
        refused(11, "tokenizer.json cannot be read");
        Files.writeString(tokenizer, json.replace("\"ann\" : 4", "\"ann\" : \"x\""));
        refused(11, "token id \"x\"");
        Files.writeString(tokenizer, json);
        Files.writeString(config, Files.readString(config).replace("\"<eos>\"", "\"<end>\""));
        refused(11, "eos_token \"<end>\" is not in tokenizer.json");
        Files.delete(config);
        refused(11, "tokenizer_config.json: missing");
        Files.delete(tokenizer);
        refused(11, "tokenizer.json: missing");
    }

    @Test
    void shouldRefuseAVocabularyThatCannotBeReadBack() {
        WordLevelTokenizerFile.Roles roles = new WordLevelTokenizerFile.Roles("<bos>", "<eos>", "<pad>", "<unk>");
        assertThatThrownBy(() -> WordLevelTokenizerFile.of(List.of("a", "a"), roles)).hasMessageContaining("\"a\"");
        assertThatThrownBy(() -> WordLevelTokenizerFile.of(List.of("a b"), roles)).hasMessageContaining("\"a b\"");
        assertThatThrownBy(() -> WordLevelTokenizerFile.of(List.of("<bos>", "<eos>", "<pad>"), roles))
                .hasMessageContaining("unk_token");
    }

    private void refused(int modelVocabularySize, String message) {
        assertThatThrownBy(() -> Tokenizer.open(directory, modelVocabularySize))
                .isInstanceOf(BadInputException.class).hasMessageContaining(directory.toString())
                .hasMessageContaining(message).hasMessageNotContaining("\n");
    }
}
