package org.fedbiot.learning.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Writes records as {@link JsonlExamples} reads them: prompt, reply and, where there is one, category. */
public final class JsonlWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonlWriter() {
    }

    /** Puts the whole file in its place at once. Records with a separate input are refused. */
    public static void write(Path file, List<Example> records) throws IOException {
        writeLines(file, records.stream().map(JsonlWriter::line).toList());
    }

    /** As {@link #write}, of records that are JSON already. */
    public static void writeLines(Path file, List<String> lines) throws IOException {
        Path partial = file.resolveSibling("." + file.getFileName() + ".part");
        Files.write(partial, lines);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String line(Example record) {
        if (record.input().isPresent()) {
            throw new IllegalArgumentException(record.source() + ": the plain form has no place for an input");
        }
        ObjectNode object = JSON.createObjectNode().put("prompt", record.prompt()).put("reply", record.reply());
        record.category().ifPresent(category -> object.put("category", category));
        return object.toString();
    }
}
