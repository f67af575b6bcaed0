package org.fedbiot.learning.code;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import jdk.jshell.JShell;
import jdk.jshell.SourceCodeAnalysis;

/**
 * Java as answers write it: imports, classes, methods and statements one after the other. The JDK's jshell says where
 * each ends, its compiler parses each; nothing is resolved or compiled. What either breaks on, as both do on brackets
 * that a model opens again and again, is not read.
 */
final class JavaSyntax implements Syntax {
    private final JavaCompiler compiler;
    /** Kept, since a compiler without one makes its own for every task. */
    private final JavaFileManager files;
    private final SourceCodeAnalysis pieces;

    private JavaSyntax(JavaCompiler compiler) {
        this.compiler = compiler;
        this.files = compiler.getStandardFileManager(null, null, null);
        // The local engine starts no second process; nothing is evaluated in it.
        this.pieces = JShell.builder().executionEngine("local").build().sourceCodeAnalysis();
    }

    /** Empty on a Java installation without a compiler. */
    static Optional<Syntax> find() {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        return compiler == null ? Optional.empty() : Optional.of(new JavaSyntax(compiler));
    }

    @Override
    public boolean reads(String code) {
        try {
            return isOne(code) || isSequence(code);
        } catch (IllegalStateException | AssertionError | InternalError | StackOverflowError broken) {
            // What the compiler throws it hands on as the first of these, and jshell as one of the errors.
            return false;
        }
    }

    private boolean isSequence(String code) {
        String rest = code;
        while (!rest.isBlank()) {
            SourceCodeAnalysis.CompletionInfo first = pieces.analyzeCompletion(rest);
            // Of what it cannot make out, the analysis may give back more than it got.
            int end = rest.length() - first.remaining().length();
            if (end <= 0 || !isOne(rest.substring(0, end))) {
                return false;
            }
            rest = first.remaining();
        }
        return true;
    }

    /** Whether it is all classes with imports, all members or all statements. */
    private boolean isOne(String code) {
        return isUnit(code) || isUnit("class X {\n" + code + "\n}") || isUnit("class X { void x() {\n" + code + "\n} }");
    }

    private boolean isUnit(String code) {
        JavaFileObject source = new SimpleJavaFileObject(URI.create("string:///X.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return code;
            }
        };
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavacTask task = (JavacTask) compiler.getTask(Writer.nullWriter(), files, found, List.of("-proc:none"), null,
                List.of(source));
        try {
            task.parse();
        } catch (IOException e) {
            throw new UncheckedIOException("source that is in memory cannot be read", e);
        }
        return found.getDiagnostics().stream().map(Diagnostic::getKind).noneMatch(Diagnostic.Kind.ERROR::equals);
    }
}
