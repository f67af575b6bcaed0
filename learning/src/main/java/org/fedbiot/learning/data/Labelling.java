package org.fedbiot.learning.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.code.ProgrammingLanguage;
import org.fedbiot.learning.data.RecordFormat.UnusableRecordException;

/**
 * A file's records with a category each, for a partition by category.
 *
 * @param lines of JSON with all that they had, in the file's order
 * @param counts of them, by category
 * @param unlabelled records that would have no category
 * @param rare records of categories that are too small
 * @param skipped lines that hold no record
 */
public record Labelling(List<String> lines, SortedMap<String, Integer> counts, int unlabelled, int rare, int skipped) {

    /** What a category can be but the text of a key: the programming language of the reply. */
    public static final String LANGUAGE = "language";

    private record Labelled(String category, String line) {
    }

    public Labelling {
        lines = List.copyOf(lines);
        counts = new TreeMap<>(counts);
    }

    /**
     * @param by {@link #LANGUAGE}, or a key of the records
     * @param atLeast records that a category must have
     * @throws BadInputException if the file cannot be read or is not UTF-8
     */
    public static Labelling of(Path file, String by, int atLeast) {
        List<Labelled> labelled = new ArrayList<>();
        SortedMap<String, Integer> counts = new TreeMap<>();
        int unlabelled = 0;
        int skipped = 0;
        int number = 0;
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                try {
                    JsonNode object = JsonlExamples.object(number == 1 ? JsonlExamples.withoutMark(line) : line);
                    Example record = RecordFormat.of(object).example(file.getFileName() + ":" + number, object);
                    Optional<String> category = category(record, object, by);
                    category.ifPresent(name -> {
                        counts.merge(name, 1, Integer::sum);
                        labelled.add(new Labelled(name, line(object, name)));
                    });
                    unlabelled += category.isEmpty() ? 1 : 0;
                } catch (UnusableRecordException e) {
                    skipped++;
                }
            }
        } catch (CharacterCodingException e) {
            throw new BadInputException(file, "not UTF-8 text after line " + number, e);
        } catch (IOException e) {
            throw new BadInputException(file, "cannot be read: " + e.getClass().getSimpleName(), e);
        }
        counts.values().removeIf(count -> count < atLeast);
        List<String> lines = labelled.stream().filter(record -> counts.containsKey(record.category()))
                .map(Labelled::line).toList();
        return new Labelling(lines, counts, unlabelled, labelled.size() - lines.size(), skipped);
    }

    private static Optional<String> category(Example record, JsonNode object, String by) {
        if (by.equals(LANGUAGE)) {
            return ProgrammingLanguage.of(record).map(ProgrammingLanguage::label);
        }
        return Optional.of(object.path(by).asText("").strip()).filter(text -> !text.isEmpty());
    }

    private static String line(JsonNode object, String category) {
        return ((ObjectNode) object).put(RecordFormat.CATEGORY, category).toString();
    }
}
