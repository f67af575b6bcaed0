package org.fedbiot.cli.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.fedbiot.cli.report.QuickstartReport;

/** What came of the cells: a line for each row and seed, exact match in per cent and NLL. */
final class ResultTable {

    /** A row; the names of its JSON are public. {@code evaluation} is null where there is a problem. */
    record Line(String id, String method, Map<String, String> point, long seed, String part, String problem,
            QuickstartReport.Evaluation evaluation) {

        static Line of(CellResult result) {
            Cell cell = result.cell();
            return new Line(cell.id(), cell.method(), cell.point(), cell.seed(), cell.part(), result.problem(),
                    result.run().map(run -> QuickstartReport.of(run, 0, "").evaluation()).orElse(null));
        }
    }

    private ResultTable() {
    }

    static List<String> lines(List<Line> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%-16s %-40s %4s | %17s | %17s | %17s", "method", "point", "seed",
                "raw full", "AdapEmu", "AdapFu"));
        for (Line row : rows) {
            String point = String.join(" ", row.point().values()) + (row.part().isEmpty() ? "" : " " + row.part());
            String start = String.format(Locale.ROOT, "%-16s %-40s %4d | ", row.method(), point, row.seed());
            lines.add(start + (row.evaluation() == null ? row.problem() : String.join(" | ",
                    score(row.evaluation().rawFull()), score(row.evaluation().adapEmu()),
                    score(row.evaluation().adapFu()))));
        }
        return lines;
    }

    private static String score(QuickstartReport.Score score) {
        return String.format(Locale.ROOT, "EM %5s NLL %.3f", score.exactMatch() == null ? "-"
                : String.format(Locale.ROOT, "%.1f", 100 * score.exactMatch()), score.nll());
    }
}
