package org.fedbiot.cli.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.fedbiot.learning.data.DataSurvey;

/**
 * What {@code data check} says; the names of its JSON are public.
 *
 * @param records that can be used
 * @param formats how many of them have which form
 * @param unusable lines that cannot be used
 * @param firstProblem line and reason of the first of those; empty if there is none
 * @param firstDuplicate {@code "line L repeats line E"}; empty if there is none
 * @param promptCharacters with inputs
 */
record DataReport(String file, int lines, int records, Map<String, Integer> formats, int categories, int unusable,
        int emptyReplies, String firstProblem, int duplicates, String firstDuplicate,
        DataSurvey.Lengths promptCharacters, DataSurvey.Lengths replyCharacters) {

    static DataReport of(Path file, DataSurvey survey) {
        return new DataReport(file.toString(), survey.lines(), survey.usable(), survey.records(), survey.categories(),
                survey.skipped().size(), survey.emptyReplies(),
                survey.skipped().isEmpty() ? "" : survey.skipped().get(0).toString(), survey.duplicates(),
                survey.firstDuplicate().map(pair -> "line " + pair.line() + " repeats line " + pair.earlier())
                        .orElse(""),
                survey.prompts(), survey.replies());
    }

    List<String> table() {
        List<String> table = new ArrayList<>();
        table.add(String.format(Locale.ROOT, "%s: %,d lines, %,d records that can be used", file, lines, records));
        formats.forEach((format, count) -> table.add(String.format(Locale.ROOT, "  %-20s %,d", format, count)));
        table.add(String.format(Locale.ROOT, "  %-20s %,d", "categories", categories));
        table.add(line("prompt characters", promptCharacters));
        table.add(line("reply characters", replyCharacters));
        table.add(String.format(Locale.ROOT, "  %-20s %,d%s", "duplicates", duplicates,
                firstDuplicate.isEmpty() ? "" : "; the first: " + firstDuplicate));
        table.add(String.format(Locale.ROOT, "  %-20s %,d, %,d of them for an empty reply%s", "cannot be used",
                unusable, emptyReplies, firstProblem.isEmpty() ? "" : "; the first: " + firstProblem));
        return table;
    }

    private static String line(String name, DataSurvey.Lengths lengths) {
        return String.format(Locale.ROOT, "  %-20s %,d to %,d, median %,d", name, lengths.least(), lengths.most(),
                lengths.median());
    }
}
