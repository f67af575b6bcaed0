package org.fedbiot.learning.code;

import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.nashorn.api.tree.Parser;

/** ECMAScript 2015, as a script or as a module. What came later, such as {@code async}, is not read. */
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
        parser.parse("reply.js", code, diagnostic -> wrong.set(true));
        return !wrong.get();
    }
}
