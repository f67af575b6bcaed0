package org.fedbiot.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.Fedbiot;
import org.fedbiot.learning.data.Example;
import org.fedbiot.learning.data.JsonlExamples;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelCommandTest {

    @TempDir
    Path temp;
    private Path in;
    private Path out;

    @BeforeEach
    void write() throws IOException {
        in = Files.writeString(temp.resolve("in.jsonl"), """
                {"instruction": "Write Java.", "input": "", "output": "int a;", "id": 7}
                {"instruction": "Write Python.", "input": "", "output": "a = 1", "topic": "loops"}
                {"instruction": "Write Java.", "input": "", "output": "int b;", "category": "x"}
                {"instruction": "Write.", "input": "", "output": "b"}
                {"text": "no record"}
                """);
        out = temp.resolve("out.jsonl");
    }

    @Test
    void shouldWriteTheLanguageAsCategoryAndLeaveAllElse() throws IOException {
        JsonNode printed = label();

        assertThat(printed.get("categories").toString()).isEqualTo("{\"java\":2,\"python\":1}");
        assertThat(printed.get("records").asInt()).isEqualTo(3);
        assertThat(printed.get("withoutCategory").asInt()).isEqualTo(1);
        assertThat(printed.get("unusable").asInt()).isEqualTo(1);
        assertThat(Files.readAllLines(out)).first().isEqualTo("{\"instruction\":\"Write Java.\",\"input\":\"\","
                + "\"output\":\"int a;\",\"id\":7,\"category\":\"java\"}");
        assertThat(JsonlExamples.read(out).examples()).extracting(Example::category).extracting(c -> c.orElse(""))
                .containsExactly("java", "python", "java");
    }

    @Test
    void shouldLeaveOutCategoriesThatAreTooSmall() {
        JsonNode printed = label("--at-least", "2");

        assertThat(printed.get("categories").toString()).isEqualTo("{\"java\":2}");
        assertThat(printed.get("rare").asInt()).isEqualTo(1);
    }

    @Test
    void shouldTakeAKeyOfTheRecordsToo() {
        assertThat(label("--by", "topic").get("categories").toString()).isEqualTo("{\"loops\":1}");
    }

    @Test
    void shouldWriteNothingWhereNoRecordHasTheKey() {
        Fedbiot.Printed printed = Fedbiot.run("data", "label", "--by", "colour", in.toString(), out.toString());

        assertThat(printed.code()).isEqualTo(ExitCode.USER_ERROR.code());
        assertThat(printed.err()).contains("in.jsonl: no record has a category by colour");
        assertThat(out).doesNotExist();
    }

    private JsonNode label(String... options) {
        String[] arguments = new String[options.length + 6];
        System.arraycopy(new String[] {"data", "label", "--format", "json", in.toString(), out.toString()}, 0,
                arguments, 0, 6);
        System.arraycopy(options, 0, arguments, 6, options.length);
        Fedbiot.Printed printed = Fedbiot.run(arguments);
        assertThat(printed.code()).as(printed.err()).isZero();
        return printed.json();
    }
}
