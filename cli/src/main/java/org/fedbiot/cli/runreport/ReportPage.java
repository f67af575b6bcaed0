package org.fedbiot.cli.runreport;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.fedbiot.cli.table.Cells;
import org.fedbiot.cli.table.Markup;
import org.fedbiot.cli.table.Table;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;

/** The page: figures, each with its numbers below; no script, and nothing from anywhere else. */
final class ReportPage {

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <style>
            :root { color-scheme: light dark; --paper: #fbfaf7; --ink: #1f2326; --quiet: #5a6066; --line: #e2dfd7;
              --c0: #0f6b63; --c1: #a8480f; --c2: #3d55a5; --c3: #8a2f72; }
            @media (prefers-color-scheme: dark) {
              :root { --paper: #15181a; --ink: #e7e5df; --quiet: #a3a9ad; --line: #31363a;
                --c0: #6fc7bb; --c1: #f0a56a; --c2: #9db2f5; --c3: #e59ad0; }
            }
            body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--paper); color: var(--ink);
              font: 0.9375rem/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
            h1 { font-size: 1.25rem; overflow-wrap: anywhere; }
            h2 { font-size: 1.0625rem; margin-top: 2rem; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-size: 0.8125rem; }
            th, td { border-bottom: 1px solid var(--line); padding: 0.2rem 0.6rem; text-align: left;
              vertical-align: top; }
            .n { text-align: right; }
            svg { display: block; width: 100%; height: auto; }
            svg text { font-size: 12px; fill: var(--quiet); }
            svg .grid { stroke: var(--line); }
            svg polyline, svg g line { fill: none; stroke-width: 2; stroke: currentColor; }
            svg circle { fill: currentColor; }
            .s0 { color: var(--c0); }
            .s1 { color: var(--c1); stroke-dasharray: 6 3; }
            .s2 { color: var(--c2); stroke-dasharray: 2 3; }
            .s3 { color: var(--c3); stroke-dasharray: 9 3 2 3; }
            </style>
            """;

    private final StringBuilder html = new StringBuilder(HEAD);

    private ReportPage() {
    }

    static String of(RunPicture run, RunTables tables, Figures figures) {
        return new ReportPage().page(run, tables, figures);
    }

    private String page(RunPicture run, RunTables tables, Figures figures) {
        String title = Markup.escape("Run " + run.runId());
        html.append("<title>").append(title).append("</title>\n</head>\n<body>\n<h1>").append(title).append("</h1>\n");
        section("Outcome", tables.outcome());
        section("Settings", tables.settings());
        heading("Rounds");
        table(verdicts(run));
        details(tables.rounds());
        details(tables.clients());
        section("Rejected updates", tables.rejected());
        figure(figures.training(), tables.rounds());
        figure(figures.alignment(), tables.alignments());
        figure(figures.evaluation(), tables.evaluations());
        figure(figures.traffic(), tables.rounds());
        section("Clients' scores on their own text", tables.scores());
        section("Server tasks", tables.tasks());
        return html.append("</body>\n</html>\n").toString();
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

    private void heading(String title) {
        html.append("<h2>").append(Markup.escape(title)).append("</h2>\n");
    }

    private void section(String title, Table table) {
        heading(title);
        table(table);
    }

    private void figure(LineChart chart, Table table) {
        heading(chart.title());
        html.append("<figure>\n").append(chart.isEmpty() ? "<p>Nothing in the log.</p>" : chart.svg())
                .append("\n</figure>\n");
        details(table);
    }

    private void details(Table table) {
        html.append("<details><summary>Numbers: ").append(table.name()).append("</summary>\n");
        table(table);
        html.append("</details>\n");
    }

    private void table(Table table) {
        if (table.rows().isEmpty()) {
            html.append("<p>None.</p>\n");
            return;
        }
        html.append("<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr>");
        table.columns().forEach(column -> html.append("<th scope=\"col\">").append(Markup.escape(column))
                .append("</th>"));
        html.append("</tr></thead>\n<tbody>\n");
        table.rows().forEach(row -> {
            html.append("<tr>");
            row.forEach(cell -> html.append(cell.isNumber() ? "<td class=\"n\">" : "<td>")
                    .append(Markup.escape(Cells.brief(cell))).append("</td>"));
            html.append("</tr>\n");
        });
        html.append("</tbody></table></div>\n");
    }
}
