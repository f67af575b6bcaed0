package org.fedbiot.cli.experiment.cost;

import java.util.List;
import org.fedbiot.learning.data.TokenizedExample;

/**
 * How long a set's records are, as the model sees them. Attention grows with the square of a record's length; it is
 * reckoned as if all were as long as the mean, so that it comes out too low for a set of very uneven lengths.
 *
 * @param records of the set
 * @param tokens of a record, prompt and reply, in the mean
 * @param replyTokens of these, in the mean: those that some position predicts and a loss counts
 */
public record TextShape(long records, double tokens, double replyTokens) {

    private static final TextShape NONE = new TextShape(0, 1, 0);

    public TextShape {
        if (records < 0 || !(tokens >= 1) || !(replyTokens >= 0 && replyTokens <= tokens)) {
            throw new IllegalArgumentException(records + " records of " + tokens + " tokens, of which " + replyTokens
                    + " are of the reply");
        }
    }

    public static TextShape of(List<TokenizedExample> records) {
        return records.isEmpty() ? NONE : new TextShape(records.size(),
                records.stream().mapToInt(record -> record.tokens().length).average().orElse(0),
                records.stream().mapToInt(record -> record.tokens().length - Math.max(1, record.promptLength()))
                        .average().orElse(0));
    }

    double promptTokens() {
        return tokens - replyTokens;
    }
}
