package org.fedbiot.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The command line in this process, with what it printed. */
public final class Fedbiot {

    /**
     * What a command printed.
     *
     * @param err progress and errors
     */
    public record Printed(int code, String out, String err) {

        public JsonNode json() {
            try {
                return new ObjectMapper().readTree(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Of a command that prints an object a line. */
        public List<JsonNode> jsonLines() {
            return out.lines().map(line -> new Printed(code, line, "").json()).toList();
        }
    }

    private Fedbiot() {
    }

    /**
     * A command that goes on, in a thread of its own.
     *
     * @param out takes what it prints as it comes
     * @return its exit code, when it has ended
     */
    public static CompletableFuture<Integer> start(OutputStream out, String... arguments) {
        return CompletableFuture.supplyAsync(() -> Main.commandLine()
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8))
                .execute(arguments), task -> new Thread(task, "fedbiot " + arguments[0]).start());
    }

    public static Printed run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream progress = new ByteArrayOutputStream();
        StringWriter error = new StringWriter();
        PrintStream outBefore = System.out;
        PrintStream errBefore = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(progress, true, StandardCharsets.UTF_8));
        int code;
        try {
            code = Main.commandLine().setErr(new PrintWriter(error, true)).execute(arguments);
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
        return new Printed(code, out.toString(StandardCharsets.UTF_8),
                progress.toString(StandardCharsets.UTF_8) + error);
    }
}
