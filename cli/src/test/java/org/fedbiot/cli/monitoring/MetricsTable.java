package org.fedbiot.cli.monitoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table in docs/metrics.md, as endpoints give it and as it stands there. */
public final class MetricsTable {

    private static final String BEGIN = "<!-- what the endpoints show; written by MonitoringIT -->";
    private static final String END = "<!-- end -->";
    private static final String OURS = "fedbiot_";
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]+)=\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z0-9_:]+)(\\{.*})? (\\S+)");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z_]+)` \\| (\\S*) \\| (\\S*) \\| ([^|]*) \\|.*");
    private static final Pattern PARTS = Pattern.compile("_(bucket|count|sum)$");

    private final Map<String, Family> families = new TreeMap<>();

    /** What has one name. */
    private static final class Family {

        private String type = "";
        private String meaning = "";
        private final Set<String> labels = new TreeSet<>();
        private final Set<String> roles = new TreeSet<>();
    }

    private MetricsTable() {
    }

    /** @param scrapes by role */
    public static MetricsTable ofEndpoints(Map<String, String> scrapes) {
        MetricsTable table = new MetricsTable();
        scrapes.forEach((role, text) -> text.lines().forEach(line -> table.add(role, line)));
        return table;
    }

    private void add(String role, String line) {
        if (line.startsWith("# HELP " + OURS)) {
            String[] parts = line.split(" ", 4);
            family(parts[2]).meaning = parts[3].strip();
        } else if (line.startsWith("# TYPE " + OURS)) {
            String[] parts = line.split(" ", 4);
            family(parts[2]).type = parts[3];
        } else if (line.startsWith(OURS)) {
            Matcher sample = matched(SAMPLE, line);
            Family family = family(familyOf(sample.group(1)));
            family.roles.add(role);
            if (sample.group(2) != null) {
                LABEL.matcher(sample.group(2)).results().map(label -> label.group(1))
                        .filter(label -> !label.equals("le")).forEach(family.labels::add);
            }
        }
    }

    private Family family(String name) {
        return families.computeIfAbsent(name, unused -> new Family());
    }

    private String familyOf(String sample) {
        return families.containsKey(sample) ? sample : PARTS.matcher(sample).replaceFirst("");
    }

    /** Rows of the table. */
    public List<String> lines() {
        List<String> rows = new ArrayList<>();
        families.forEach((name, family) -> rows.add("| `" + name + "` | " + family.type + " | " + unit(name) + " | "
                + family.labels.stream().map(label -> "`" + label + "`").collect(Collectors.joining(", ")) + " | "
                + String.join(", ", family.roles) + " | " + family.meaning + " |"));
        return rows;
    }

    private static String unit(String name) {
        return Stream.of("seconds", "bytes", "records", "ratio")
                .filter(unit -> name.matches(".*_" + unit + "(_total|_max)?")).findFirst().orElse("1");
    }

    /** Puts the table into the page. */
    public void rewrite(Path page) throws IOException {
        String text = Files.readString(page);
        String head = text.substring(0, text.indexOf(BEGIN) + BEGIN.length());
        Files.writeString(page, head + "\n\n| name | type | unit | labels | shown by | meaning |\n"
                + "|---|---|---|---|---|---|\n" + String.join("\n", lines()) + "\n\n" + text.substring(text.indexOf(END)));
    }

    /** Rows that stand in the page. */
    public static List<String> lines(Path page) throws IOException {
        String text = Files.readString(page);
        return text.substring(text.indexOf(BEGIN), text.indexOf(END)).lines().filter(line -> line.startsWith("| `"))
                .toList();
    }

    /** Names in the page's second table: what others measure, as far as dashboard and alerts use it. */
    public static Set<String> others(Path page) throws IOException {
        Set<String> names = new TreeSet<>(labels(page).keySet());
        names.removeIf(name -> name.startsWith(OURS));
        // Prometheus' own, of no endpoint.
        names.remove("up");
        return names;
    }

    /** Labels by metric, all tables of the page. */
    public static Map<String, Set<String>> labels(Path page) throws IOException {
        Map<String, Set<String>> labels = new TreeMap<>();
        for (String line : Files.readAllLines(page)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Set<String> own = Pattern.compile("[a-z_]+").matcher(row.group(4)).results().map(MatchResult::group)
                        .collect(Collectors.toCollection(TreeSet::new));
                labels.put(row.group(1), own);
                if (row.group(2).equals("histogram")) {
                    labels.put(row.group(1) + "_sum", own);
                    labels.put(row.group(1) + "_count", own);
                    Set<String> bounded = new TreeSet<>(own);
                    bounded.add("le");
                    labels.put(row.group(1) + "_bucket", bounded);
                }
            }
        }
        return labels;
    }

    /** Names of all samples. */
    public static Set<String> names(Collection<String> scrapes) {
        return scrapes.stream().flatMap(String::lines).filter(line -> !line.startsWith("#"))
                .map(line -> matched(SAMPLE, line).group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    /** @param series name, and labels as they are printed */
    public static double value(String scrape, String series) {
        return scrape.lines().filter(line -> line.startsWith(series + " ")).findFirst()
                .map(line -> Double.parseDouble(line.substring(series.length() + 1))).orElseThrow();
    }

    private static Matcher matched(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no sample: " + line);
        }
        return matcher;
    }
}
