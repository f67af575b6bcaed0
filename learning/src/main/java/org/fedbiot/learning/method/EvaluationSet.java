package org.fedbiot.learning.method;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.fedbiot.learning.data.TokenizedExample;

/**
 * What models are scored on.
 *
 * @param records prompt, reply and end of sequence
 * @param check judges generated replies
 * @param stopTokens that end a generated reply; empty only if none is generated
 */
public record EvaluationSet(List<TokenizedExample> records, ReplyCheck check, Set<Integer> stopTokens) {
    public EvaluationSet {
        records = List.copyOf(records);
        stopTokens = Set.copyOf(stopTokens);
        if (records.isEmpty()) {
            throw new IllegalArgumentException("An evaluation set needs at least one record");
        }
    }

    /** For likelihood alone. */
    public static EvaluationSet likelihood(List<TokenizedExample> records) {
        return new EvaluationSet(records, (record, reply) -> false, Set.of());
    }

    /** What a generated reply is worth. */
    @FunctionalInterface
    public interface ReplyCheck {
        /**
         * Judges a reply.
         *
         * @param record index of the record that was prompted with
         * @param reply new tokens, without the one that ended it
         */
        boolean isRight(int record, int[] reply);

        /**
         * Whether a reply can be read as the program that it is to be; empty where nothing can tell, by default always.
         *
         * @param record index of the record that was prompted with
         * @param reply new tokens, without the one that ended it
         */
        default Optional<Boolean> parses(int record, int[] reply) {
            return Optional.empty();
        }
    }
}
