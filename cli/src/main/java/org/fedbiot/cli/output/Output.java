package org.fedbiot.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command's result on standard output: lines for people, or JSON whose names are documented. */
public final class Output {

    /** What comes from outside, such as a stranger's record key, must not reach the terminal's controls. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

    /** How the result is printed. */
    enum Format {
        TEXT,
        JSON
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--format", defaultValue = "TEXT", description = "text (default) or json.")
    private Format format;

    public boolean isJson() {
        return format == Format.JSON;
    }

    /**
     * Prints a result.
     *
     * @param result a record or tree; its names are public
     * @param lines the same for people
     */
    public void print(Object result, Supplier<List<String>> lines) {
        if (isJson()) {
            out().println(written(JSON.writerWithDefaultPrettyPrinter(), result));
        } else {
            lines.get().forEach(out()::println);
        }
        out().flush();
    }

    /**
     * Prints one of many results, as JSON on one line.
     *
     * @return false if nobody reads any more
     */
    public boolean printLine(JsonNode result) {
        out().println(written(JSON.writer(), result));
        return !out().checkError();
    }

    private static String written(ObjectWriter writer, Object result) {
        try {
            return writer.writeValueAsString(result);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as JSON: " + result, e);
        }
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }
}
