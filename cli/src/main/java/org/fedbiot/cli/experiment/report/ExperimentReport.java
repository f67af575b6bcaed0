package org.fedbiot.cli.experiment.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.experiment.CellResult;
import org.fedbiot.cli.figure.Plot;
import org.fedbiot.cli.figure.PlotSvg;
import org.fedbiot.cli.table.Table;
import org.fedbiot.cli.table.TableJson;

/**
 * The files of an experiment's report. The same cells give the same bytes in whatever order they come: no clock, no
 * locale, no line end of the machine's. Times of the log are in {@code timings.csv} and {@code timings.json} alone.
 *
 * @param files by name, in the order of names
 */
public record ExperimentReport(SortedMap<String, byte[]> files) {

    private static final String FIGURES = "figures";

    public ExperimentReport {
        files = Collections.unmodifiableSortedMap(files);
    }

    /**
     * @param results of all cells that are planned, missing ones too
     * @param facts what a reader has to know of the plan, such as which budget is held equal: name and value, in the
     *     order in which they are shown
     * @param others parts that are computed elsewhere
     */
    public static ExperimentReport of(String name, List<CellResult> results, Map<String, String> facts,
            List<Section> others) {
        Grid grid = Grid.of(results);
        List<Section> sections = Stream.concat(AxisDifference.section(grid).stream(), others.stream()).toList();
        List<Difference> differences = grid.rows().values().stream().map(Difference::of).flatMap(List::stream).toList();
        List<String> findings = Findings.of(grid);
        List<Table> tables = new ArrayList<>(new ResultTables(grid, differences).all());
        sections.forEach(section -> tables.add(section.table()));
        Map<String, String> figures = figures(grid, differences, sections);
        SortedMap<String, byte[]> files = new TreeMap<>();
        files.put("report.html", utf8(ExperimentPage.of(name, facts, findings, grid, differences, sections, figures)));
        files.put("report.json", utf8(TableJson.text(json(name, facts, findings, tables))));
        tables.forEach(table -> files.put(table.name() + ".csv", utf8(table.csv())));
        figures.forEach((figure, svg) -> files.put(FIGURES + "/" + figure + ".svg", utf8(svg)));
        Table timings = Timings.of(grid);
        files.put("timings.csv", utf8(timings.csv()));
        files.put("timings.json", utf8(TableJson.text(TableJson.rows(timings))));
        return new ExperimentReport(files);
    }

    private static Map<String, Object> json(String name, Map<String, String> facts, List<String> findings,
            List<Table> tables) {
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put("name", name);
        parts.put("plan", facts);
        parts.put("findings", findings);
        tables.forEach(table -> parts.put(table.name(), TableJson.rows(table)));
        return parts;
    }

    /** By name. */
    private static Map<String, String> figures(Grid grid, List<Difference> differences, List<Section> sections) {
        List<Plot> plots = new ArrayList<>(new ResultFigures(grid, differences).all());
        sections.forEach(section -> section.plot().ifPresent(plots::add));
        Map<String, String> figures = new LinkedHashMap<>();
        for (Plot plot : plots) {
            PlotSvg.of(plot).ifPresent(svg -> {
                if (figures.putIfAbsent(plot.name(), svg) != null) {
                    throw new IllegalArgumentException("two figures have the name " + plot.name());
                }
            });
        }
        return figures;
    }

    /**
     * Writes the files; an earlier report there is replaced.
     *
     * @throws UserError if they cannot be written
     */
    public void write(Path directory) {
        try {
            deleteFigures(directory.resolve(FIGURES));
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path target = directory.resolve(file.getKey());
                Files.createDirectories(target.getParent());
                Files.write(target, file.getValue());
            }
        } catch (IOException e) {
            throw new UserError("report in " + directory + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** An earlier report may have had more of them. */
    private static void deleteFigures(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> figures = Files.newDirectoryStream(directory, "*.svg")) {
                for (Path figure : figures) {
                    Files.delete(figure);
                }
            }
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
