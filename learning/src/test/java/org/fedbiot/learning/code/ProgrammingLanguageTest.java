package org.fedbiot.learning.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.fedbiot.learning.data.Example;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgrammingLanguageTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Write a Python function that adds two numbers. | PYTHON",
        "In JavaScript, find the longest word. | JAVASCRIPT",
        "Start a server with Node.js. | JAVASCRIPT",
        "Write a C++ class. | CPP",
        "Write a C# class. | CSHARP",
        "Write a program in C that sorts. | C",
        "Use Go to read a file. | GO",
        "Write a bash script. | SHELL",
        "Explain java streams. | JAVA",
    })
    void shouldTakeTheOneThatTheInstructionNames(String instruction, ProgrammingLanguage language) {
        assertThat(ProgrammingLanguage.of(record(instruction, null, null))).hasValue(language);
    }

    @ParameterizedTest
    @CsvSource({"Translate this C++ code to Java.", "Find the prime factors.", "How do cars go so fast?",
        "Does vitamin c help?", "Call a method in Objective-C"})
    void shouldFindNoneWhereNoneOrSeveralAreNamed(String instruction) {
        assertThat(ProgrammingLanguage.of(record(instruction, null, null))).isEmpty();
    }

    @Test
    void shouldGoByCategoryThenByAnInputThatIsAName() {
        assertThat(ProgrammingLanguage.of(record("Port this Python code", "Java", "c#"))).hasValue(
                ProgrammingLanguage.CSHARP);
        assertThat(ProgrammingLanguage.of(record("100 doors, as in Python", "C++", null))).hasValue(
                ProgrammingLanguage.CPP);
        assertThat(ProgrammingLanguage.of(record("Fix the error", "a script in Perl", "puzzles"))).hasValue(
                ProgrammingLanguage.PERL);
        assertThat(ProgrammingLanguage.of(record("Fix the Ruby error", "not in Perl", null))).hasValue(
                ProgrammingLanguage.RUBY);
    }

    private static Example record(String instruction, String input, String category) {
        return new Example("f:1", instruction, Optional.ofNullable(input), "x", Optional.ofNullable(category));
    }
}
