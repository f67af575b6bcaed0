package org.fedbiot.cli.runreport;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.fedbiot.cli.table.Cells;
import org.fedbiot.cli.table.HtmlPage;
import org.fedbiot.cli.table.Table;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;

/** The page: figures, each with its numbers below. */
final class ReportPage {

    private static final String STYLE = """
            svg text { font-size: 12px; fill: var(--quiet); }
            svg .grid { stroke: var(--line); }
            svg polyline, svg g line { fill: none; stroke-width: 2; stroke: currentColor; }
            svg circle { fill: currentColor; }
            .s0 { color: var(--c0); }
            .s1 { color: var(--c1); stroke-dasharray: 6 3; }
            .s2 { color: var(--c2); stroke-dasharray: 2 3; }
            .s3 { color: var(--c3); stroke-dasharray: 9 3 2 3; }
            """;

    private final HtmlPage page;

    private ReportPage(RunPicture run) {
        this.page = new HtmlPage("Run " + run.runId(), STYLE);
    }

    static String of(RunPicture run, RunTables tables, Figures figures) {
        return new ReportPage(run).page(run, tables, figures);
    }

    private String page(RunPicture run, RunTables tables, Figures figures) {
        page.heading("Outcome").table(tables.outcome());
        page.heading("Settings").table(tables.settings());
        page.heading("Rounds").table(verdicts(run)).numbers(tables.rounds()).numbers(tables.clients());
        page.heading("Rejected updates").table(tables.rejected());
        figure(figures.training(), tables.rounds());
        figure(figures.alignment(), tables.alignments());
        figure(figures.evaluation(), tables.evaluations());
        figure(figures.traffic(), tables.rounds());
        page.heading("Clients' scores on their own text").table(tables.scores());
        page.heading("Server tasks").table(tables.tasks());
        return page.text();
    }

    private void figure(LineChart chart, Table table) {
        page.heading(chart.title()).figure(chart.isEmpty() ? "<p>Nothing in the log.</p>" : chart.svg())
                .numbers(table);
    }

    /** One line a round, one column a client. */
    private static Table verdicts(RunPicture run) {
        TreeSet<String> names = new TreeSet<>();
        run.rounds().forEach(round -> round.clients().forEach(client -> names.add(client.clientId())));
        List<String> columns = new ArrayList<>(List.of("round"));
        columns.addAll(names);
        return new Table("verdicts", columns, run.rounds().stream().map(round -> verdicts(round, names)).toList());
    }

    private static List<JsonNode> verdicts(RoundPicture round, TreeSet<String> names) {
        TreeMap<String, JsonNode> verdicts = new TreeMap<>();
        names.forEach(name -> verdicts.put(name, Cells.none()));
        for (ClientRoundPicture client : round.clients()) {
            verdicts.put(client.clientId(), Cells.cell(client.verdict().name()));
        }
        List<JsonNode> row = new ArrayList<>(List.of(Cells.cell(round.number())));
        row.addAll(verdicts.values());
        return row;
    }
}
