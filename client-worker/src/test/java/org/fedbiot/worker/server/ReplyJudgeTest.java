package org.fedbiot.worker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.text.Tokenizer;
import org.fedbiot.learning.text.TokenizerFiles;
import org.fedbiot.learning.text.WordLevelTokenizerFile;
import org.fedbiot.schemas.event.AnswerKind;
import org.junit.jupiter.api.Test;

class ReplyJudgeTest {

    private static final List<String> WORDS =
            List.of("<pad>", "<bos>", "<eos>", "The", "answer", "is", "7", "so", "int", "a", "=", ";", "f(a)");
    private static final TokenizerFiles FILES =
            WordLevelTokenizerFile.of(WORDS, new WordLevelTokenizerFile.Roles("<bos>", "<eos>", "<pad>", "<pad>"));

    @Test
    void shouldGoByTheNumberOnlyWhereTheRunOrTheExpectedReplySaysSo() {
        assertThat(isRight(AnswerKind.ANNOUNCED, "The answer is 7", "so a = 7")).isTrue();
        assertThat(isRight(AnswerKind.ANNOUNCED, "so 7", "a = 7")).isFalse();
        assertThat(isRight(AnswerKind.NUMBER, "so 7", "a = 7")).isTrue();
        assertThat(isRight(AnswerKind.WHOLE_REPLY, "The answer is 7", "so a = 7")).isFalse();
        assertThat(isRight(AnswerKind.WHOLE_REPLY, "The answer is 7", "The answer is 7")).isTrue();
    }

    @Test
    void shouldReadProgramsOfLanguagesAtHandAlone() {
        assertThat(parses(AnswerKind.PROGRAM, "Write Java", "int a = 7 ;")).hasValue(true);
        assertThat(parses(AnswerKind.PROGRAM, "Write Java", "int a =")).hasValue(false);
        assertThat(parses(AnswerKind.PROGRAM, "Write JavaScript", "f(a) ;")).hasValue(true);
        assertThat(parses(AnswerKind.PROGRAM, "Write JavaScript", "int a = 7 ;")).hasValue(false);
        assertThat(parses(AnswerKind.PROGRAM, "Write Haskell", "f(a)")).isEmpty();
        assertThat(parses(AnswerKind.PROGRAM, "Write", "f(a)")).isEmpty();
        assertThat(parses(AnswerKind.WHOLE_REPLY, "Write Java", "int a = 7 ;")).isEmpty();
    }

    private static boolean isRight(AnswerKind kind, String expected, String written) {
        try (Tokenizer tokenizer = Tokenizer.of(FILES, WORDS.size())) {
            return judge(kind, "how many", expected, tokenizer).isRight(0, tokenizer.encode(written));
        }
    }

    private static Optional<Boolean> parses(AnswerKind kind, String instruction, String written) {
        try (Tokenizer tokenizer = Tokenizer.of(FILES, WORDS.size())) {
            return judge(kind, instruction, "int", tokenizer).parses(0, tokenizer.encode(written));
        }
    }

    private static ReplyJudge judge(AnswerKind kind, String prompt, String expected, Tokenizer tokenizer) {
        return new ReplyJudge(kind, List.of(Example.of("f:1", prompt, expected, Optional.empty())), tokenizer);
    }
}
