package org.fedbiot.learning.code;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a text is a program of a language, by its form alone. One thread at a time. */
public interface Syntax {
    /** Whether all of the code can be read. */
    boolean reads(String code);

    /** The languages that this Java installation can check: JavaScript, and Java where it has a compiler. */
    static Map<ProgrammingLanguage, Syntax> atHand() {
        Map<ProgrammingLanguage, Syntax> atHand = new EnumMap<>(ProgrammingLanguage.class);
        atHand.put(ProgrammingLanguage.JAVASCRIPT, new JavaScriptSyntax());
        JavaSyntax.find().ifPresent(java -> atHand.put(ProgrammingLanguage.JAVA, java));
        return atHand;
    }

    /** The code of a reply: the first block in a Markdown fence, also one that was cut off; without any, all of it. */
    static String code(String reply) {
        Matcher fence = Fence.BLOCK.matcher(reply);
        return fence.find() ? fence.group(1) : reply;
    }

    /** Keeps the pattern out of the interface. */
    final class Fence {
        private static final Pattern BLOCK = Pattern.compile("(?s)```[^\\n]*\\n(.*?)(?:```|$)");

        private Fence() {
        }
    }
}
