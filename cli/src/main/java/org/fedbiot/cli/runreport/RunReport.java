package org.fedbiot.cli.runreport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.fedbiot.observer.RunPicture;

/**
 * The files of a report. The same picture gives the same bytes: no clock, no locale, no line end of the machine's.
 *
 * @param files by name, in the order of names
 */
record RunReport(SortedMap<String, byte[]> files) {

    private static final DefaultIndenter INDENT = new DefaultIndenter("  ", "\n");
    private static final ObjectWriter JSON = JsonMapper.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII).build()
            .writer(new DefaultPrettyPrinter().withObjectIndenter(INDENT).withArrayIndenter(INDENT));

    static RunReport of(RunPicture run) {
        RunTables tables = RunTables.of(run);
        SortedMap<String, byte[]> files = new TreeMap<>();
        files.put("report.html", utf8(ReportPage.of(run, tables, Figures.of(run))));
        files.put("report.json", utf8(json(tables) + '\n'));
        tables.all().forEach(table -> files.put(table.name() + ".csv", utf8(table.csv())));
        return new RunReport(files);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String json(RunTables tables) {
        SortedMap<String, Object> parts = new TreeMap<>();
        tables.all().forEach(table -> parts.put(table.name(), rows(table)));
        parts.put("outcome", facts(tables.outcome()));
        parts.put("settings", facts(tables.settings()));
        try {
            return JSON.writeValueAsString(parts);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the report's numbers cannot be written as JSON", e);
        }
    }

    private static List<SortedMap<String, JsonNode>> rows(Table table) {
        List<SortedMap<String, JsonNode>> rows = new ArrayList<>();
        for (List<JsonNode> cells : table.rows()) {
            SortedMap<String, JsonNode> row = new TreeMap<>();
            for (int column = 0; column < cells.size(); column++) {
                row.put(table.columns().get(column), cells.get(column));
            }
            rows.add(row);
        }
        return rows;
    }

    /** Of a table of names and values. */
    private static SortedMap<String, JsonNode> facts(Table table) {
        SortedMap<String, JsonNode> facts = new TreeMap<>();
        table.rows().forEach(row -> facts.put(row.get(0).asText(), row.get(1)));
        return facts;
    }
}
