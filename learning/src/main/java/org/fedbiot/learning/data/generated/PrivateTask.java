package org.fedbiot.learning.data.generated;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.fedbiot.learning.data.SplitMix64;

/**
 * What the clients know and the pre-trained model does not (small-model "Text"). Three domains, each with its own way
 * to put a question and to reply; none of these forms is in the general text.
 */
public enum PrivateTask {
    /** Hard: words for the question that the model has never seen as an operator. */
    A {
        @Override
        public GeneratedExample draw(SplitMix64 random, String domain) {
            return UnknownOperators.draw(random, domain);
        }
    },
    /** Known operators in a new domain with a new reply convention and no style word. */
    B {
        @Override
        public GeneratedExample draw(SplitMix64 random, String domain) {
            return KnownOperators.draw(random, domain);
        }
    },
    /** Questions with an answer in facts, in what the model knows, or in numbers, under a new reply convention. */
    Q {
        @Override
        public GeneratedExample draw(SplitMix64 random, String domain) {
            return Questions.draw(random, domain);
        }
    };

    static final String CLINIC = "clinic";
    static final String DEPOT = "depot";
    static final String CAFE = "cafe";
    private static final List<String> DOMAINS = List.of(CLINIC, DEPOT, CAFE);

    /** The domains, which are the categories of the records. */
    public static List<String> domains() {
        return DOMAINS;
    }

    /** Its name in settings and locations. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<PrivateTask> of(String label) {
        return Arrays.stream(values()).filter(task -> task.label().equals(label)).findFirst();
    }

    /** A record of a domain. */
    public abstract GeneratedExample draw(SplitMix64 random, String domain);

    static GeneratedExample record(String domain, String question, String reply) {
        return new GeneratedExample(domain + " : " + question + " ? reply :", reply, domain);
    }

    static IllegalArgumentException unknown(String domain) {
        return new IllegalArgumentException("no domain '" + domain + "' among " + DOMAINS);
    }
}
