package org.fedbiot.learning.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.data.RecordFormat.UnusableRecordException;

/**
 * What a JSONL file holds, without a word of its text.
 *
 * @param lines of the file
 * @param records that can be used, by the name of their form
 * @param skipped lines that cannot be used, in order
 * @param emptyReplies of the skipped, those that lack nothing but a reply's text
 * @param duplicates records that an earlier line has word by word
 * @param firstDuplicate lines of the first such pair, the later one first
 * @param categories different ones; 0 where no record names one
 * @param prompts lengths with their inputs
 */
public record DataSurvey(int lines, SortedMap<String, Integer> records, List<SkippedRecord> skipped, int emptyReplies,
        int duplicates, Optional<Pair> firstDuplicate, int categories, Lengths prompts, Lengths replies) {

    /** Two lines that hold the same record. */
    public record Pair(int line, int earlier) {
    }

    /** In characters; all 0 where there is no record. */
    public record Lengths(int least, int median, int most) {

        private static Lengths of(List<Integer> lengths) {
            List<Integer> sorted = lengths.stream().sorted().toList();
            return sorted.isEmpty() ? new Lengths(0, 0, 0)
                    : new Lengths(sorted.get(0), sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
        }
    }

    /** What makes two records the same. */
    private record Text(String prompt, Optional<String> input, String reply) {
    }

    public DataSurvey {
        records = new TreeMap<>(records);
        skipped = List.copyOf(skipped);
    }

    /** Records that can be used. */
    public int usable() {
        return records.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * Reads a whole file.
     *
     * @throws BadInputException it cannot be read or is not UTF-8; names the line before the first that is not
     */
    public static DataSurvey read(Path file) {
        Reading reading = new Reading(file);
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                reading.add(line);
            }
        } catch (CharacterCodingException e) {
            throw new BadInputException(file, "not UTF-8 text after line " + reading.lines, e);
        } catch (IOException e) {
            throw new BadInputException(file, "cannot be read: " + e.getClass().getSimpleName(), e);
        }
        return reading.survey();
    }

    /** A file half read. */
    private static final class Reading {

        private final Path file;
        private final SortedMap<String, Integer> records = new TreeMap<>();
        private final List<SkippedRecord> skipped = new ArrayList<>();
        private final Map<Text, Integer> seen = new HashMap<>();
        private final Set<String> categories = new HashSet<>();
        private final List<Integer> prompts = new ArrayList<>();
        private final List<Integer> replies = new ArrayList<>();
        private int lines;
        private int emptyReplies;
        private int duplicates;
        private Optional<Pair> firstDuplicate = Optional.empty();

        Reading(Path file) {
            this.file = file;
        }

        void add(String line) {
            lines++;
            String source = file.getFileName() + ":" + lines;
            try {
                JsonNode object = JsonlExamples.object(lines == 1 ? JsonlExamples.withoutMark(line) : line);
                RecordFormat format = RecordFormat.of(object);
                if (format.lacksReply(object)) {
                    emptyReplies++;
                }
                add(format, format.example(source, object));
            } catch (UnusableRecordException e) {
                skipped.add(new SkippedRecord(source, e.getMessage()));
            }
        }

        private void add(RecordFormat format, Example example) {
            records.merge(format.name(), 1, Integer::sum);
            Integer earlier = seen.putIfAbsent(new Text(example.prompt(), example.input(), example.reply()), lines);
            if (earlier != null) {
                duplicates++;
                firstDuplicate = firstDuplicate.or(() -> Optional.of(new Pair(lines, earlier)));
            }
            example.category().ifPresent(categories::add);
            prompts.add(example.prompt().length() + example.input().map(String::length).orElse(0));
            replies.add(example.reply().length());
        }

        DataSurvey survey() {
            return new DataSurvey(lines, records, skipped, emptyReplies, duplicates, firstDuplicate,
                    categories.size(), Lengths.of(prompts), Lengths.of(replies));
        }
    }
}
