package org.fedbiot.cli.runreport;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.fedbiot.cli.figure.Plot;
import org.fedbiot.cli.figure.PlotSvg;
import org.fedbiot.cli.table.Cells;
import org.fedbiot.cli.table.HtmlPage;
import org.fedbiot.cli.table.Table;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;

/** The page: figures, each with its numbers below. */
final class ReportPage {

    private final HtmlPage page;

    private ReportPage(RunPicture run) {
        this.page = new HtmlPage("Run " + run.runId(), "");
    }

    static String of(RunPicture run, RunTables tables, Figures figures) {
        return new ReportPage(run).page(run, tables, figures);
    }

    private String page(RunPicture run, RunTables tables, Figures figures) {
        page.heading("Outcome").table(tables.outcome());
        page.heading("Settings").table(tables.settings());
        page.heading("Rounds").table(verdicts(run)).numbers(tables.rounds()).numbers(tables.clients());
        page.heading("Rejected updates").table(tables.rejected());
        figure("Training", figures.training(), tables.rounds());
        figure("Alignment", figures.alignment(), tables.alignments());
        figure("Evaluation", figures.evaluation(), tables.evaluations());
        figure("Traffic", figures.traffic(), tables.rounds());
        page.heading("Clients' scores on their own text").table(tables.scores());
        page.heading("Server tasks").table(tables.tasks());
        return page.text();
    }

    private void figure(String heading, Plot plot, Table table) {
        page.heading(heading);
        PlotSvg.of(plot).ifPresentOrElse(page::figure, () -> page.paragraph("Nothing in the log."));
        page.numbers(table);
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
