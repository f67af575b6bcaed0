package org.fedbiot.learning.code;

import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.nashorn.api.tree.Parser;

/**
 * ECMAScript 2015, as a script or as a module. What came later, such as {@code async}, is not read, nor is
 * what is nested too deep for the parser, which a model that repeats itself writes.
 */
final class JavaScriptSyntax implements Syntax {
    private static final String LANGUAGE = "--language=es6";

    private final Parser script = Parser.create(LANGUAGE);
    private final Parser module = Parser.create(LANGUAGE, "--es6-module");

    @Override
    public boolean reads(String code) {
        return reads(script, code) || reads(module, code);
    }

    private static boolean reads(Parser parser, String code) {
        AtomicBoolean wrong = new AtomicBoolean();
        try {
            parser.parse("reply.js", code, diagnostic -> wrong.set(true));
        } catch (AssertionError | StackOverflowError broken) {
            return false;
        }
        return !wrong.get();
    }
}
