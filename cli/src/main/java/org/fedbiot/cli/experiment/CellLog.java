package org.fedbiot.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.schemas.topic.Topics;

/** Reads a run record back: the same events in the same order fold to the same {@link RunRecord}. */
public final class CellLog {

    /** In a record's directory. */
    public static final String NAME = "events.jsonl";

    private static final ObjectMapper JSON = new ObjectMapper();

    private CellLog() {
    }

    /**
     * @param directory that holds {@code events.jsonl}
     * @throws UserError naming the line that is none of a run record
     */
    public static RunRecord read(Path directory, String runId) {
        Path file = directory.resolve(NAME);
        RunRecord run = new RunRecord(runId);
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                run.add(entry(JSON.readTree(line)));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new UserError(file + ":" + number + ": no run record: " + e.getMessage(), e);
        }
        return run;
    }

    private static RunRecord.Entry entry(JsonNode line) {
        String topic = line.path("topic").asText();
        String name = line.path("event").asText();
        Schema schema = Topics.find(topic).stream().flatMap(known -> known.events().stream())
                .filter(known -> known.getName().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("topic \"" + topic + "\" carries no event \"" + name
                        + "\""));
        return new RunRecord.Entry(topic, line.path("partition").intValue(), line.path("offset").longValue(),
                line.path("timestampMillis").longValue(), RecordedEvent.of(schema, line.path("value")));
    }
}
