package org.fedbiot.learning.data.generated;

import java.util.List;
import org.fedbiot.learning.data.SplitMix64;

/**
 * One question about a scene and every form of its reply. The style word in the prompt says which form is asked for
 * (small-model "Text").
 *
 * @param replies style word, reply, style word, reply, ...
 */
record Turn(String kind, String question, List<String> replies) {

    /** A style and its reply. */
    record Styled(String style, String reply) {
    }

    Styled styled(SplitMix64 random) {
        int i = 2 * random.nextInt(replies.size() / 2);
        return new Styled(replies.get(i), replies.get(i + 1));
    }

    /** All five forms for a reply that is about a name, a number and an object; {@code answer} is the short form. */
    static Turn possession(String kind, String question, String answer, Possession fact) {
        return new Turn(kind, question, List.of(
                "short", answer,
                "full", fact.name() + " has " + fact.count() + " " + fact.object() + " now",
                "label", "answer : " + answer,
                "item", fact.object() + " : " + fact.count() + " for " + fact.name(),
                "back", fact.count() + " " + fact.object() + " belong to " + fact.name()));
    }

    /** The two forms for a bare answer. */
    static Turn bare(String kind, String question, String answer) {
        return new Turn(kind, question, List.of("short", answer, "label", "answer : " + answer));
    }
}
