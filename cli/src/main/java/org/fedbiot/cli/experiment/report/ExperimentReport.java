package org.fedbiot.cli.experiment.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.experiment.CellResult;
import org.fedbiot.cli.table.Table;
import org.fedbiot.cli.table.TableJson;

/**
 * The files of an experiment's report. The same cells give the same bytes in whatever order they come: no clock, no
 * locale, no line end of the machine's. Times of the log are in {@code timings.csv} and {@code timings.json} alone.
 *
 * @param files by name, in the order of names
 */
public record ExperimentReport(SortedMap<String, byte[]> files) {

    public ExperimentReport {
        files = Collections.unmodifiableSortedMap(files);
    }

    /**
     * @param results of all cells that are planned, missing ones too
     * @param facts what a reader has to know of the plan, such as which budget is held equal: name and value
     */
    public static ExperimentReport of(String name, List<CellResult> results, Map<String, String> facts,
            List<Section> sections) {
        Grid grid = Grid.of(results);
        List<Table> tables = new ArrayList<>(new ResultTables(grid).all());
        sections.forEach(section -> tables.add(section.table()));
        SortedMap<String, byte[]> files = new TreeMap<>();
        tables.forEach(table -> files.put(table.name() + ".csv", utf8(table.csv())));
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put("name", name);
        parts.put("plan", facts);
        parts.put("findings", Findings.of(grid));
        tables.forEach(table -> parts.put(table.name(), TableJson.rows(table)));
        files.put("report.json", utf8(TableJson.text(parts)));
        Table timings = Timings.of(grid);
        files.put("timings.csv", utf8(timings.csv()));
        files.put("timings.json", utf8(TableJson.text(TableJson.rows(timings))));
        return new ExperimentReport(files);
    }

    /**
     * Writes the files; an earlier report there is replaced.
     *
     * @throws UserError if they cannot be written
     */
    public void write(Path directory) {
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path target = directory.resolve(file.getKey());
                Files.createDirectories(target.getParent());
                Files.write(target, file.getValue());
            }
        } catch (IOException e) {
            throw new UserError("report in " + directory + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
