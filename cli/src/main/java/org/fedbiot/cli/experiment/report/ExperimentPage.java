package org.fedbiot.cli.experiment.report;

import static org.fedbiot.cli.table.Cells.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fedbiot.cli.table.Cells;
import org.fedbiot.cli.table.HtmlPage;
import org.fedbiot.cli.table.Table;

/** The report for people: tables first, then figures. */
final class ExperimentPage {

    private static final String STYLE = """
            body { max-width: 78rem; }
            td:first-child { white-space: nowrap; }
            """;
    private static final int DIGITS = 5;
    private static final int DEVIATION_DIGITS = 2;
    private static final String INTERVALS = "Means over seeds, ± the sample's standard deviation. Brackets hold a 95 %"
            + " interval of the mean by percentile bootstrap over seeds, " + Interval.DRAWS + " draws. Over few seeds"
            + " it is too narrow: look at the seeds' own differences too.";
    private static final String RAW = "Every run scores the raw models; their rows show what the runs of %s saw.";

    private final Grid grid;
    private final HtmlPage page;

    private ExperimentPage(String name, Grid grid) {
        this.grid = grid;
        this.page = new HtmlPage(name, STYLE);
    }

    /** @param figures drawn, in the page's order */
    static String of(String name, Map<String, String> facts, List<String> findings, Grid grid,
            List<Difference> differences, List<Section> sections, Map<String, String> figures) {
        return new ExperimentPage(name, grid).page(facts, findings, differences, sections, figures);
    }

    private String page(Map<String, String> facts, List<String> findings, List<Difference> differences,
            List<Section> sections, Map<String, String> figures) {
        page.table(new Table("plan", List.of("plan", ""), facts.entrySet().stream()
                .map(fact -> List.of(cell(fact.getKey()), cell(fact.getValue()))).toList()));
        if (!findings.isEmpty()) {
            page.heading("Mind").list(findings);
        }
        page.paragraph(INTERVALS);
        grid.rows().forEach((point, rows) -> {
            page.heading(point.label().isEmpty() ? "Methods" : "Methods at " + point.label());
            page.table(filled(scores(rows))).paragraph(RAW.formatted(rows.get(0).method()))
                    .table(filled(expenses(rows)));
            List<Difference> here = differences.stream().filter(one -> one.point().equals(point)
                    && one.reference().equals(Methods.REFERENCE)).toList();
            if (!here.isEmpty()) {
                page.paragraph("Less " + Methods.REFERENCE + "'s, seed by seed:").table(differences(here));
            }
        });
        List<Grid.Entry> missing = grid.entries().stream().filter(entry -> entry.outcome().isEmpty()).toList();
        if (!missing.isEmpty()) {
            page.heading("Missing cells").table(new Table("missing", List.of("cell", "why"), missing.stream()
                    .map(entry -> List.of(cell(entry.cell().id()), cell(entry.problem()))).toList()));
        }
        sections.forEach(section -> {
            page.heading(section.title());
            if (!section.note().isEmpty()) {
                page.paragraph(section.note());
            }
            page.table(section.table());
        });
        page.heading("Figures");
        figures.values().forEach(page::figure);
        return page.text();
    }

    private static Table scores(List<Row> rows) {
        return new Table("scores", List.of("method", "seeds", "AdapFu NLL", "AdapFu perplexity", "AdapFu exact match",
                "AdapFu parses", "AdapEmu NLL", "AdapEmu perplexity", "AdapEmu exact match", "AdapEmu parses",
                "records generated", "programs checked", "AdapEmu NLL on clients' text"),
                rows.stream().map(row -> List.<JsonNode>of(cell(row.method()),
                        cell(row.seeds().size() + (row.missing().isEmpty() ? "" : " of " + row.planned())),
                        sample(row, Metric.ADAP_FU_NLL), plain(row, Metric.ADAP_FU_PERPLEXITY),
                        sample(row, Metric.ADAP_FU_EXACT_MATCH), sample(row, Metric.ADAP_FU_PARSES),
                        sample(row, Metric.ADAP_EMU_NLL), plain(row, Metric.ADAP_EMU_PERPLEXITY),
                        sample(row, Metric.ADAP_EMU_EXACT_MATCH), sample(row, Metric.ADAP_EMU_PARSES),
                        plain(row, Metric.EXACT_MATCH_RECORDS), plain(row, Metric.PARSES_RECORDS),
                        plain(row, Metric.OWN_ADAP_EMU_NLL))).toList());
    }

    /** Without the columns that no row has anything for. */
    private static Table filled(Table table) {
        List<Integer> columns = IntStream.range(0, table.columns().size())
                .filter(column -> table.rows().stream().anyMatch(row -> !row.get(column).isNull())).boxed().toList();
        return new Table(table.name(), columns.stream().map(table.columns()::get).toList(),
                table.rows().stream().map(row -> columns.stream().map(row::get).toList()).toList());
    }

    private static Table expenses(List<Row> rows) {
        return new Table("expenses", List.of("method", "L2", "KL", "bytes up", "bytes down", "bytes once a client",
                "exposed share", "client steps", "server steps"), rows.stream()
                .filter(row -> !Methods.isRaw(row.method())).map(row -> List.of(cell(row.method()),
                        plain(row, Metric.L2), plain(row, Metric.KL), plain(row, Metric.BYTES_UP),
                        plain(row, Metric.BYTES_DOWN), plain(row, Metric.BYTES_ONCE), plain(row, Metric.EXPOSED_SHARE),
                        plain(row, Metric.CLIENT_STEPS), plain(row, Metric.SERVER_STEPS))).toList());
    }

    private static Table differences(List<Difference> differences) {
        return new Table("differences", List.of("method", "figure", "difference", "95 % interval",
                "interval excludes 0", "seeds", "by seed"), differences.stream().map(one -> List.<JsonNode>of(
                        cell(one.method()), cell(one.metric().label()), cell(number(one.sample().mean(), DIGITS)),
                        cell(one.sample().interval().map(ExperimentPage::interval).orElse("")), cell(verdict(one)),
                        cell(one.sample().size()), cell(one.bySeed().entrySet().stream()
                                .map(seed -> seed.getKey() + ": " + number(seed.getValue(), DIGITS))
                                .collect(Collectors.joining(", "))))).toList());
    }

    private static String verdict(Difference difference) {
        return difference.sample().interval().isEmpty() ? "no interval"
                : difference.better().map(better -> "yes, " + better + " is better").orElse("no");
    }

    private static JsonNode sample(Row row, Metric metric) {
        Optional<Sample> sample = row.sample(metric);
        if (sample.isEmpty()) {
            return Cells.none();
        }
        StringBuilder text = new StringBuilder(number(sample.get().mean(), DIGITS));
        sample.get().deviation()
                .ifPresent(deviation -> text.append("\u00a0±\u00a0").append(number(deviation, DEVIATION_DIGITS)));
        sample.get().interval().ifPresent(ends -> text.append(' ').append(interval(ends)));
        return cell(text.toString());
    }

    private static JsonNode plain(Row row, Metric metric) {
        return row.sample(metric).map(sample -> cell(number(sample.mean(), DIGITS))).orElse(Cells.none());
    }

    private static String interval(Interval ends) {
        return "[" + number(ends.lower(), DIGITS) + ",\u00a0" + number(ends.upper(), DIGITS) + "]";
    }

    private static String number(double number, int digits) {
        return Double.isFinite(number) ? Cells.brief(number, digits) : "not finite";
    }
}
