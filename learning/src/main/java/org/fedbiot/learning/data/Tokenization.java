package org.fedbiot.learning.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.fedbiot.learning.text.Tokenizer;

/**
 * Turns records into tokens: prompt and reply apart, so that where the reply starts never depends on how the two would
 * merge, then the end token; the beginning token where the model's tokenizer asks for it.
 *
 * @param maxTokens longer sequences are cut at their end
 */
public record Tokenization(Tokenizer tokenizer, PromptTemplate template, int maxTokens) {
    public Tokenization {
        if (maxTokens < 2) {
            throw new IllegalArgumentException("maxTokens must be at least 2, it is " + maxTokens);
        }
    }

    /**
     * What came of a list of records.
     *
     * @param examples tokens of the usable records
     * @param records  the same records as text, index by index
     * @param skipped  records of which the cut leaves no reply
     */
    public record Result(List<TokenizedExample> examples, List<Example> records, List<SkippedRecord> skipped) {
        public Result {
            examples = List.copyOf(examples);
            records = List.copyOf(records);
            skipped = List.copyOf(skipped);
        }
    }

    public Result of(List<Example> records) {
        List<TokenizedExample> examples = new ArrayList<>();
        List<Example> kept = new ArrayList<>();
        List<SkippedRecord> skipped = new ArrayList<>();
        for (Example record : records) {
            int[] prompt = prompt(record);
            if (prompt.length >= maxTokens) {
                skipped.add(new SkippedRecord(record.source(), "its prompt has " + prompt.length
                        + " tokens and leaves no reply within " + maxTokens));
                continue;
            }
            int[] whole = concatenated(prompt, tokenizer.encode(record.reply()), ids(tokenizer.eos()));
            examples.add(new TokenizedExample(Arrays.copyOf(whole, Math.min(whole.length, maxTokens)), prompt.length));
            kept.add(record);
        }
        return new Result(examples, kept, skipped);
    }

    /** Tokens of a record up to where its reply starts; what generation goes on from. */
    public int[] prompt(Example record) {
        int[] text = tokenizer.encode(template.prompt(record));
        return tokenizer.addsBos() ? concatenated(ids(tokenizer.bos()), text) : text;
    }

    private static int[] ids(OptionalInt special) {
        return special.isPresent() ? new int[] {special.getAsInt()} : new int[0];
    }

    private static int[] concatenated(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }
}
