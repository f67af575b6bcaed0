package org.fedbiot.learning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.fedbiot.learning.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSurveyTest {

    @TempDir
    Path temp;

    @Test
    void shouldCountFormsProblemsAndDuplicates() throws IOException {
        DataSurvey survey = DataSurvey.read(Files.writeString(temp.resolve("a.jsonl"), """
                \uFEFF{"instruction": "abc", "input": "de", "output": "f", "category": "x"}
                {"instruction": "abc", "output": "f", "category": "y"}
                {"question": "q", "answer": ""}

                {"prompt": "ab", "reply": "abcd"}
                {"prompt": "ab", "reply": "abcd"}
                {"prompt": 5, "reply": null}
                not json
                """));

        assertThat(survey.lines()).isEqualTo(8);
        assertThat(survey.records()).isEqualTo(Map.of("ALPACA", 2, "PLAIN", 2));
        assertThat(survey.usable()).isEqualTo(4);
        assertThat(survey.skipped()).extracting(SkippedRecord::source)
                .containsExactly("a.jsonl:3", "a.jsonl:4", "a.jsonl:7", "a.jsonl:8");
        assertThat(survey.emptyReplies()).isEqualTo(2);
        assertThat(survey.duplicates()).isEqualTo(1);
        assertThat(survey.firstDuplicate()).contains(new DataSurvey.Pair(6, 5));
        assertThat(survey.categories()).isEqualTo(2);
        assertThat(survey.prompts()).isEqualTo(new DataSurvey.Lengths(2, 3, 5));
        assertThat(survey.replies()).isEqualTo(new DataSurvey.Lengths(1, 4, 4));
    }

    @Test
    void shouldSurveyAnEmptyFile() throws IOException {
        DataSurvey survey = DataSurvey.read(Files.createFile(temp.resolve("empty.jsonl")));

        assertThat(survey.usable()).isZero();
        assertThat(survey.replies()).isEqualTo(new DataSurvey.Lengths(0, 0, 0));
    }

    @Test
    void shouldRefuseWhatIsNotUtf8() throws IOException {
        Path file = Files.write(temp.resolve("latin.jsonl"), new byte[] {'{', (byte) 0xE9, '}', '\n'});

        assertThatThrownBy(() -> DataSurvey.read(file)).isInstanceOf(BadInputException.class)
                .hasMessageContaining("not UTF-8 text after line 0");
    }
}
