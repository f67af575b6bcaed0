package org.fedbiot.cli.simulation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.report.RunRecord;

/**
 * Writes a run record: {@code events.jsonl}, every control event of the run in the order it was read, with topic,
 * partition and offset. Payloads are not in it; manifests name them by hash.
 */
public final class RecordFiles {

    private static final ObjectMapper JSON = new ObjectMapper();

    private RecordFiles() {
    }

    public static void write(RunRecord run, Path directory) {
        try {
            Files.createDirectories(directory);
            try (BufferedWriter out = Files.newBufferedWriter(directory.resolve("events.jsonl"),
                    StandardCharsets.UTF_8)) {
                for (RunRecord.Entry entry : run.entries()) {
                    out.write(JSON.writeValueAsString(line(entry)));
                    out.newLine();
                }
            }
            run.accepted().ifPresent(accepted -> writePretty(directory.resolve("run.json"), accepted.getSpec()));
        } catch (IOException e) {
            throw new UserError("run record in " + directory + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static void writePretty(Path file, SpecificRecord event) {
        try {
            Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(
                    JSON.readTree(event.toString())));
        } catch (IOException e) {
            throw new UserError(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static ObjectNode line(RunRecord.Entry entry) throws IOException {
        ObjectNode node = JSON.createObjectNode();
        node.put("topic", entry.topic());
        node.put("partition", entry.partition());
        node.put("offset", entry.offset());
        node.put("timestampMillis", entry.timestampMillis());
        node.put("event", entry.event().getSchema().getName());
        node.set("value", JSON.readTree(entry.event().toString()));
        return node;
    }
}
