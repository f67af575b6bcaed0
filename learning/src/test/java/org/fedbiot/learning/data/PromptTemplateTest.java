package org.fedbiot.learning.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PromptTemplateTest {
    @Test
    void shouldWrapAnInstructionAsAlpacaDoes() {
        Example example = Example.of("x:1", "Why?", "Because.", Optional.empty());
        assertThat(PromptTemplate.ALPACA.prompt(example)).isEqualTo("""
                Below is an instruction that describes a task. Write a response that appropriately completes the request.

                ### Instruction:
                Why?

                ### Response:""");
    }

    @Test
    void shouldWrapAnInstructionWithInputAsAlpacaDoes() {
        Example example = new Example("x:1", "Add.", Optional.of("1 2"), "3", Optional.empty());
        assertThat(PromptTemplate.ALPACA.prompt(example)).isEqualTo("""
                Below is an instruction that describes a task, paired with an input that provides further context. \
                Write a response that appropriately completes the request.

                ### Instruction:
                Add.

                ### Input:
                1 2

                ### Response:""");
    }

    @Test
    void shouldLeaveAPlainPromptAlone() {
        assertThat(PromptTemplate.PLAIN.prompt(Example.of("x:1", "a b :", "c", Optional.empty()))).isEqualTo("a b :");
    }
}
