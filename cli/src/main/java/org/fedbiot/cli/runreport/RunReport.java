package org.fedbiot.cli.runreport;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.fedbiot.cli.table.Table;
import org.fedbiot.cli.table.TableJson;
import org.fedbiot.observer.RunPicture;

/**
 * The files of a report. The same picture gives the same bytes: no clock, no locale, no line end of the machine's.
 *
 * @param files by name, in the order of names
 */
record RunReport(SortedMap<String, byte[]> files) {

    static RunReport of(RunPicture run) {
        RunTables tables = RunTables.of(run);
        SortedMap<String, byte[]> files = new TreeMap<>();
        files.put("report.html", utf8(ReportPage.of(run, tables, Figures.of(run))));
        files.put("report.json", utf8(json(tables)));
        tables.all().forEach(table -> files.put(table.name() + ".csv", utf8(table.csv())));
        return new RunReport(files);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String json(RunTables tables) {
        SortedMap<String, Object> parts = new TreeMap<>();
        tables.all().forEach(table -> parts.put(table.name(), TableJson.rows(table)));
        parts.put("outcome", facts(tables.outcome()));
        parts.put("settings", facts(tables.settings()));
        return TableJson.text(parts);
    }

    /** Of a table of names and values. */
    private static SortedMap<String, JsonNode> facts(Table table) {
        SortedMap<String, JsonNode> facts = new TreeMap<>();
        table.rows().forEach(row -> facts.put(row.get(0).asText(), row.get(1)));
        return facts;
    }
}
