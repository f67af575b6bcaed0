package org.fedbiot.learning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonlExamplesTest {
    @TempDir
    Path directory;

    @Test
    void shouldReadAlpacaRecordsWithAndWithoutInput() throws IOException {
        // Given
        Path file = file("""
                {"instruction": "Add.", "input": "1 and 2", "output": "3", "category": "maths"}
                {"instruction": "Greet.", "input": "", "output": "Hello"}
                """);

        // When
        JsonlExamples read = JsonlExamples.read(file);

        // Then
        assertThat(read.skipped()).isEmpty();
        assertThat(read.examples()).containsExactly(
                new Example("d.jsonl:1", "Add.", Optional.of("1 and 2"), "3", Optional.of("maths")),
                new Example("d.jsonl:2", "Greet.", Optional.empty(), "Hello", Optional.empty()));
    }

    @Test
    void shouldReadDollysRecordsAndPartitionThemByCategory() throws IOException {
        // Given
        Path file = file("""
                {"instruction": "Where?", "context": "In Oslo.", "response": "Oslo", "category": "closed_qa"}
                {"instruction": "Who?", "context": "", "response": "Ann", "category": "open_qa"}
                {"instruction": "When?", "context": "", "response": "Now", "category": "open_qa"}
                """);

        // When
        JsonlExamples read = JsonlExamples.read(file);

        // Then
        assertThat(read.skipped()).isEmpty();
        assertThat(read.examples().get(0)).isEqualTo(
                new Example("d.jsonl:1", "Where?", Optional.of("In Oslo."), "Oslo", Optional.of("closed_qa")));
        assertThat(Partition.meta(read.examples(), 2, 0).split(read.examples(), "train")).extracting(List::size)
                .containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void shouldRewriteTheAnswerLineOfGsm8kAndKeepItsMarks() throws IOException {
        // Given
        Path file = file("""
                {"question": "How many?", "answer": "48/2 = <<48/2=24>>24 clips.\\n#### 24"}
                """);

        // When
        Example example = JsonlExamples.read(file).examples().get(0);

        // Then
        assertThat(example.prompt()).isEqualTo("How many?");
        assertThat(example.reply()).isEqualTo("48/2 = <<48/2=24>>24 clips.\nThe answer is 24");
    }

    @Test
    void shouldCountAndNameLinesThatCannotBeUsedAndNeverQuoteThem() throws IOException {
        // Given
        Path file = file("""
                {"prompt": "a", "reply": "b"}
                {"prompt": "secret", "reply":

                {"prompt": "secret"}
                {"prompt": "secret", "reply": " "}
                {"prompt": "secret", "reply": 3}
                ["secret"]
                {"text": "secret"}
                {"prompt": "a", "reply": "b"} secret
                {"prompt": "c", "reply": "d"}
                """);

        // When
        JsonlExamples read = JsonlExamples.read(file);

        // Then
        assertThat(read.examples()).extracting(Example::prompt).containsExactly("a", "c");
        assertThat(read.skipped()).extracting(SkippedRecord::source).containsExactly("d.jsonl:2", "d.jsonl:3",
                "d.jsonl:4", "d.jsonl:5", "d.jsonl:6", "d.jsonl:7", "d.jsonl:8", "d.jsonl:9");
        assertThat(read.skipped()).noneMatch(skipped -> skipped.reason().contains("secret"));
        assertThat(read.skipped().get(2).reason()).contains("\"reply\" is missing");
        assertThat(read.skipped().get(3).reason()).contains("\"reply\" is empty");
    }

    @Test
    void shouldRefuseAFileWithoutUsableRecords() throws IOException {
        Path empty = file("");
        assertThatThrownBy(() -> JsonlExamples.read(empty)).isInstanceOf(BadInputException.class)
                .hasMessageContaining(empty.toString()).hasMessageContaining("empty").hasMessageNotContaining("\n");

        Path useless = file("{\"text\": \"x\"}\n{}\n");
        assertThatThrownBy(() -> JsonlExamples.read(useless)).isInstanceOf(BadInputException.class)
                .hasMessageContaining("2 skipped").hasMessageContaining("line 1");
        assertThatThrownBy(() -> JsonlExamples.read(directory.resolve("absent.jsonl")))
                .isInstanceOf(BadInputException.class).hasMessageContaining("absent.jsonl");
    }

    @Test
    void shouldRefuseTextThatIsNotUtf8() throws IOException {
        Path file = directory.resolve("d.jsonl");
        Files.write(file, "{\"prompt\": \"caf\u00e9\", \"reply\": \"b\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> JsonlExamples.read(file)).isInstanceOf(BadInputException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void shouldReadBackWhatIsWritten() throws IOException {
        // Given
        Path file = directory.resolve("d.jsonl");
        List<Example> records = List.of(
                Example.of("d.jsonl:1", "a \"quoted\" line\n", "café", Optional.of("x")),
                Example.of("d.jsonl:2", "b", "c", Optional.empty()));

        // When
        JsonlWriter.write(file, records);

        // Then
        assertThat(JsonlExamples.read(file).examples()).isEqualTo(records);
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("d.jsonl"), content);
    }
}
