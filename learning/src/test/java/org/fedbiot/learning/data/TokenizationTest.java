package org.fedbiot.learning.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.learning.text.TokenizerFiles;
import org.fedbiot.learning.text.WordLevelTokenizerFile;
import org.junit.jupiter.api.Test;

class TokenizationTest {
    private static final List<String> WORDS = List.of("<pad>", "<bos>", "<eos>", "a", "b", "c", ":");
    private static final TokenizerFiles FILES =
            WordLevelTokenizerFile.of(WORDS, new WordLevelTokenizerFile.Roles("<bos>", "<eos>", "<pad>", "<pad>"));

    @Test
    void shouldPutBeginningPromptReplyAndEndInOrder() {
        try (Tokenizer tokenizer = Tokenizer.of(FILES, WORDS.size())) {
            // When
            Tokenization.Result result = new Tokenization(tokenizer, PromptTemplate.PLAIN, 10).of(List.of(record("a b :", "c")));

            // Then
            assertThat(result.examples().get(0).tokens()).containsExactly(1, 3, 4, 6, 5, 2);
            assertThat(result.examples().get(0).promptLength()).isEqualTo(4);
        }
    }

    @Test
    void shouldAddNoBeginningThatTheTokenizerDoesNotAskFor() {
        // Given the same words in a tokenizer that only names a beginning token
        String json = new String(FILES.tokenizerJson(), StandardCharsets.UTF_8)
                .replaceAll("(?s)\"post_processor\" : \\{.*?\\},\\s*\"decoder\"", "\"post_processor\" : null, \"decoder\"");
        TokenizerFiles files = new TokenizerFiles(Path.of("test"), json.getBytes(StandardCharsets.UTF_8), FILES.tokenizerConfigJson());
        try (Tokenizer tokenizer = Tokenizer.of(files, WORDS.size())) {
            assertThat(tokenizer.bos()).hasValue(1);
            assertThat(new Tokenization(tokenizer, PromptTemplate.PLAIN, 10).prompt(record("a :", "c"))).containsExactly(3, 6);
        }
    }

    @Test
    void shouldCutLongRecordsAndNameThoseThatLoseTheirReply() {
        try (Tokenizer tokenizer = Tokenizer.of(FILES, WORDS.size())) {
            // When
            Tokenization.Result result = new Tokenization(tokenizer, PromptTemplate.PLAIN, 4)
                    .of(List.of(record("a", "b c b"), record("a b c", "b")));

            // Then
            assertThat(result.examples()).hasSize(1);
            assertThat(result.examples().get(0).tokens()).containsExactly(1, 3, 4, 5);
            assertThat(result.records()).extracting(Example::prompt).containsExactly("a");
            assertThat(result.skipped()).singleElement().satisfies(skipped -> {
                assertThat(skipped.source()).isEqualTo("f:1");
                assertThat(skipped.reason()).contains("4 tokens");
            });
        }
    }

    private static Example record(String prompt, String reply) {
        return Example.of("f:1", prompt, reply, Optional.empty());
    }
}
