package org.fedbiot.learning.method;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.fedbiot.learning.data.TokenizedExample;
import org.fedbiot.learning.model.PackedBatch;

/** Which rows of a packed batch a loss counts. */
final class TokenRows {
    /** Stable: records of one length stay in the batch's order. */
    private static final Comparator<TokenizedExample> LONGEST_FIRST =
            Comparator.comparingInt((TokenizedExample example) -> example.tokens().length).reversed();

    private TokenRows() {
    }

    /** Reply tokens that some row predicts; the mean of a loss over replies divides by their number. */
    static int replyTokens(List<TokenizedExample> examples) {
        return examples.stream().mapToInt(example -> example.tokens().length - firstTarget(example)).sum();
    }

    /** The rows that predict a reply token, in the order of {@link #replyTargets}. */
    static int[] replyRows(PackedBatch batch, List<TokenizedExample> examples) {
        int[] rows = new int[replyTokens(examples)];
        int at = 0;
        for (int i = 0; i < examples.size(); i++) {
            for (int t = firstTarget(examples.get(i)); t < batch.length(i); t++) {
                rows[at++] = batch.start(i) + t - 1;
            }
        }
        return rows;
    }

    /** The reply tokens. */
    static int[] replyTargets(List<TokenizedExample> examples) {
        int[] targets = new int[replyTokens(examples)];
        int at = 0;
        for (TokenizedExample example : examples) {
            int from = firstTarget(example);
            int count = example.tokens().length - from;
            System.arraycopy(example.tokens(), from, targets, at, count);
            at += count;
        }
        return targets;
    }

    /**
     * Cuts a batch into pieces of at most {@code maxTokens} tokens (at least one record), longest records first so that
     * a piece holds records of like length and attention pads little. A function of the batch's records and order.
     */
    static List<List<TokenizedExample>> pieces(List<TokenizedExample> batch, int maxTokens) {
        List<List<TokenizedExample>> pieces = new ArrayList<>();
        List<TokenizedExample> piece = new ArrayList<>();
        int tokens = 0;
        for (TokenizedExample example : batch.stream().sorted(LONGEST_FIRST).toList()) {
            int length = example.tokens().length;
            if (!piece.isEmpty() && tokens + length > maxTokens) {
                pieces.add(List.copyOf(piece));
                piece.clear();
                tokens = 0;
            }
            piece.add(example);
            tokens += length;
        }
        pieces.add(List.copyOf(piece));
        return pieces;
    }

    static List<int[]> tokens(List<TokenizedExample> examples) {
        return examples.stream().map(TokenizedExample::tokens).toList();
    }

    /** Nothing predicts a sequence's first token. */
    private static int firstTarget(TokenizedExample example) {
        return Math.max(1, example.promptLength());
    }
}
