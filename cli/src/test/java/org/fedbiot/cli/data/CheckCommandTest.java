package org.fedbiot.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.Fedbiot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {

    private static final String SECRET = "hunter2";

    @TempDir
    Path temp;

    @Test
    void shouldAcceptAFileOfWhichEveryLineCanBeUsed() throws IOException {
        Path file = Files.writeString(temp.resolve("good.jsonl"), """
                {"instruction": "Add.", "input": "1 2", "output": "3"}
                {"question": "1+1?", "answer": "two #### 2"}
                """);

        Fedbiot.Printed printed = Fedbiot.run("data", "check", file.toString(), "--format", "json");

        assertThat(printed.code()).isZero();
        JsonNode report = printed.json();
        assertThat(report.get("records").asInt()).isEqualTo(2);
        assertThat(report.get("formats").toString()).isEqualTo("{\"ALPACA\":1,\"GSM8K\":1}");
        assertThat(report.get("firstProblem").asText()).isEmpty();
    }

    @Test
    void shouldNameTheFirstBadLineAndShowNoText() throws IOException {
        Path file = Files.writeString(temp.resolve("bad.jsonl"), """
                {"prompt": "%1$s a", "reply": "%1$s b", "category": "%1$s"}
                {"prompt": "%1$s", "reply": " "}
                {"prompt": "%1$s" %1$s
                {"prompt": "%1$s a", "reply": "%1$s b"}
                """.formatted(SECRET));

        for (String format : new String[] {"text", "json"}) {
            Fedbiot.Printed printed = Fedbiot.run("data", "check", file.toString(), "--format", format);

            assertThat(printed.code()).isEqualTo(ExitCode.UNUSABLE_RECORDS.code());
            assertThat(printed.out()).contains("bad.jsonl:2: key \\\"reply\\\" is empty".replace("\\\"",
                    format.equals("json") ? "\\\"" : "\"")).contains("line 4 repeats line 1");
            assertThat(printed.out() + printed.err()).doesNotContain(SECRET);
        }
    }

    @Test
    void shouldRefuseAFileThatIsNotThere() {
        Fedbiot.Printed printed = Fedbiot.run("data", "check", temp.resolve("none.jsonl").toString());

        assertThat(printed.code()).isEqualTo(ExitCode.USER_ERROR.code());
        assertThat(printed.err()).contains("none.jsonl").hasLineCount(1);
    }
}
