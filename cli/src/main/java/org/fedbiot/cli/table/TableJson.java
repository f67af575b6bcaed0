package org.fedbiot.cli.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tables as JSON, written the same on every machine. */
public final class TableJson {

    private static final DefaultIndenter INDENT = new DefaultIndenter("  ", "\n");
    private static final ObjectWriter JSON = JsonMapper.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII).build()
            .writer(new DefaultPrettyPrinter().withObjectIndenter(INDENT).withArrayIndenter(INDENT));

    private TableJson() {
    }

    /** Each row as an object, its names the table's columns. */
    public static List<SortedMap<String, JsonNode>> rows(Table table) {
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

    /** @param value lists, maps in a fixed order, texts and nodes; with a line end */
    public static String text(Object value) {
        try {
            return JSON.writeValueAsString(value) + '\n';
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers cannot be written as JSON", e);
        }
    }
}
