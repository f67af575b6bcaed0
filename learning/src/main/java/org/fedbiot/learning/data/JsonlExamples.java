package org.fedbiot.learning.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.data.RecordFormat.UnusableRecordException;

/**
 * The records of a JSONL file, one JSON object a line in UTF-8, in one of four forms told apart by their keys:
 * {@code {instruction, input?, output}} as Alpaca has, {@code {instruction, context?, response}} as Dolly has,
 * {@code {question, answer}} as GSM8K has, and {@code {prompt, reply}}; each may have a {@code category}. In GSM8K's answers "####" becomes "The answer is" (fedbiot-method 3).
 *
 * @param examples in the file's order
 * @param skipped  lines that cannot be used
 */
public record JsonlExamples(List<Example> examples, List<SkippedRecord> skipped) {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    public JsonlExamples {
        examples = List.copyOf(examples);
        skipped = List.copyOf(skipped);
    }

    /**
     * Reads a whole file.
     *
     * @throws BadInputException it cannot be read, is not UTF-8, or has no record that can be used; names the first line
     *     that cannot
     */
    public static JsonlExamples read(Path file) {
        List<Example> examples = new ArrayList<>();
        List<SkippedRecord> skipped = new ArrayList<>();
        int number = 0;
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                String source = file.getFileName() + ":" + number;
                try {
                    examples.add(example(source, number == 1 ? withoutMark(line) : line));
                } catch (UnusableRecordException e) {
                    skipped.add(new SkippedRecord(source, e.getMessage()));
                }
            }
        } catch (CharacterCodingException e) {
            throw new BadInputException(file, "not UTF-8 text after line " + number, e);
        } catch (IOException e) {
            throw new BadInputException(file, "cannot be read: " + e.getClass().getSimpleName(), e);
        }
        if (examples.isEmpty()) {
            throw new BadInputException(file, skipped.isEmpty() ? "empty; one JSON object a line is expected"
                    : "no record can be used, " + skipped.size() + " skipped; line 1: " + skipped.get(0).reason());
        }
        return new JsonlExamples(examples, skipped);
    }

    private static Example example(String source, String line) {
        JsonNode object = object(line);
        return RecordFormat.of(object).example(source, object);
    }

    /** @throws UnusableRecordException if the line is anything else; the message holds nothing of its text */
    static JsonNode object(String line) {
        if (line.isBlank()) {
            throw new UnusableRecordException("empty line");
        }
        JsonNode object = parse(line);
        if (!object.isObject()) {
            throw new UnusableRecordException("not a JSON object");
        }
        return object;
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            // Jackson's message quotes the text, which may be private: the place must do.
            int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
            throw new UnusableRecordException("malformed JSON at column " + column);
        }
    }

    /** Without the byte order mark that some editors put before the first line. */
    static String withoutMark(String line) {
        return line.startsWith("\uFEFF") ? line.substring(1) : line;
    }
}
