package org.fedbiot.cli.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.output.Output;
import org.fedbiot.learning.data.JsonlWriter;
import org.fedbiot.learning.data.Labelling;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives the records of a file the categories that {@code data.partition: meta} goes by. */
@Command(
        name = "label",
        mixinStandardHelpOptions = true,
        description = "Write the records of a JSONL file with a category each, so that data.partition meta and lda can"
                + " deal them. Records without one are left out and counted.")
public final class LabelCommand implements Callable<Integer> {

    @Option(names = "--by", paramLabel = "KEY", defaultValue = Labelling.LANGUAGE,
            description = "language (default): the one programming language that a record names; else a key of the"
                    + " records, whose text becomes the category.")
    private String by;

    @Option(names = "--at-least", paramLabel = "N", defaultValue = "1",
            description = "Leave out categories of fewer records.")
    private int atLeast;

    @Parameters(index = "0", paramLabel = "IN", description = "JSONL, one record a line.")
    private Path in;

    @Parameters(index = "1", paramLabel = "OUT", description = "JSONL to write.")
    private Path out;

    @Mixin
    private Output output;

    /**
     * What was written; the names of its JSON are public.
     *
     * @param categories records of each
     * @param withoutCategory records left out for having none
     * @param rare records left out since their category has too few
     * @param unusable lines that hold no record
     */
    private record Labelled(String file, int records, Map<String, Integer> categories, int withoutCategory, int rare,
            int unusable) {

        List<String> lines() {
            List<String> lines = new ArrayList<>();
            lines.add(String.format(Locale.ROOT, "%s: %,d records of %d categories", file, records, categories.size()));
            categories.forEach((category, count) -> lines.add(line(category, count)));
            lines.add(line("left out: no category", withoutCategory));
            lines.add(line("left out: rare", rare));
            lines.add(line("cannot be used", unusable));
            return lines;
        }

        private static String line(String what, int count) {
            return String.format(Locale.ROOT, "  %-22s %,d", what, count);
        }
    }

    @Override
    public Integer call() {
        Labelling labelling = Labelling.of(in, by, atLeast);
        if (labelling.lines().isEmpty()) {
            throw new UserError(in + ": no record has a category by " + by + "; nothing written");
        }
        try {
            JsonlWriter.writeLines(out, labelling.lines());
        } catch (IOException e) {
            throw new UserError(out + ": cannot be written: " + e.getMessage(), e);
        }
        Labelled labelled = new Labelled(out.toString(), labelling.lines().size(), labelling.counts(),
                labelling.unlabelled(), labelling.rare(), labelling.skipped());
        output.print(labelled, labelled::lines);
        return 0;
    }
}
