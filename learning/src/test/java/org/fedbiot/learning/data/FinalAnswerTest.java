package org.fedbiot.learning.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FinalAnswerTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "5 and 6. The answer is 72        | 72",
        "The Answer Is $1,234.50, or 9    | 1234.50",
        "THE ANSWER IS -3. The answer is 4| -3",
        "first 5 then 6.                  | 6",
        "it costs 1,000 now               | 1000"})
    void shouldFindTheNumberByTheRuleOfGsm8k(String reply, String expected) {
        assertThat(FinalAnswer.NUMBER.of(reply)).hasValue(expected);
    }

    @Test
    void shouldNeverCountAReplyWithoutANumberAsRight() {
        assertThat(FinalAnswer.NUMBER.of("7 and 8. The answer is unknown")).isEmpty();
        assertThat(FinalAnswer.NUMBER.matches("no number", "none here")).isFalse();
        assertThat(FinalAnswer.NUMBER.matches("The answer is 7", "so 6 + 1 = 7")).isTrue();
    }

    @Test
    void shouldCompareWholeRepliesExactly() {
        assertThat(FinalAnswer.WHOLE_REPLY.matches("rx zinc sign", "rx zinc sign")).isTrue();
        assertThat(FinalAnswer.WHOLE_REPLY.matches("rx zinc sign", "rx zinc sign night")).isFalse();
    }
}
