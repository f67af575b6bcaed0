package org.fedbiot.cli.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A replay's result as lines for people. */
final class ReplayTable {

    private ReplayTable() {
    }

    static List<String> lines(ReplayReport report) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format("%7s %5s %7s  %-64s  %-64s  %s", "version", "round", "clients", "sha256 then",
                "sha256 now", "equal"));
        for (ReplayReport.Version row : report.versions()) {
            boolean initial = row.round() == 0;
            lines.add(String.format("%7d %5s %7s  %-64s  %-64s  %s", row.version(), initial ? "-" : row.round(),
                    initial ? "-" : row.clients(), row.then(), row.now() == null ? "-" : row.now(),
                    row.equal() ? "yes" : "NO"));
        }
        lines.add("");
        if (report.equal()) {
            lines.add("run " + report.runId() + ": all " + report.versions().size()
                    + " versions are the same bytes again"
                    + (report.outcome() == null ? "; the run is under way, more may follow" : ""));
        } else {
            lines.add("run " + report.runId() + " does not replay; first of all " + text(report.first()));
            report.findings().stream().filter(finding -> !finding.equals(report.first()))
                    .forEach(finding -> lines.add("then " + text(finding)));
        }
        if (report.whatIf() != null) {
            whatIf(lines, report.whatIf());
        }
        if (report.evaluation() != null) {
            evaluation(lines, report.evaluation());
        }
        if (report.export() != null) {
            lines.add("");
            lines.add("PEFT adapter" + (report.whatIf() == null ? "" : " of " + report.whatIf().runId() + " ("
                    + report.whatIf().label() + ")") + ": " + report.export());
        }
        return lines;
    }

    private static String text(ReplayReport.Problem finding) {
        return finding == null ? "a version has other bytes"
                : (finding.round() == 0 ? "" : "round " + finding.round() + ": ") + finding.kind() + ": "
                        + finding.text();
    }

    private static void whatIf(List<String> lines, ReplayReport.WhatIfPart part) {
        lines.add("");
        lines.add("what if, " + part.label() + ": run " + part.runId()
                + (part.without().isEmpty() ? "" : ", without " + String.join(", ", part.without()))
                + (part.changed().isEmpty() ? "" : ", aggregation " + part.changed()));
        lines.add(String.format("%7s %5s %7s  %-64s  %-64s  %s", "version", "round", "clients",
                "sha256 (" + part.label() + ")", "original's sha256", "same"));
        for (ReplayReport.WhatIfVersion row : part.versions()) {
            lines.add(String.format("%7d %5d %7d  %-64s  %-64s  %s", row.version(), row.round(), row.clients().size(),
                    row.sha256(), row.original(), row.sha256().equals(row.original()) ? "yes" : "no"));
        }
        lines.add(part.written() == 0 ? "all of them were in the log already; nothing was written"
                : part.written() + " of " + part.versions().size() + " versions written to the log");
    }

    private static void evaluation(List<String> lines, ReplayReport.Evaluation evaluation) {
        lines.add("");
        lines.add(String.format("%-52s %8s %11s %12s", "AdapFu on the owner's evaluation set", "NLL", "perplexity",
                "exact match"));
        lines.add(score("original, as the log has it", evaluation.logged()));
        lines.add(score("original, scored again", evaluation.original()));
        if (evaluation.whatIf() != null) {
            lines.add(score("what-if (" + WhatIf.LABEL + ")", evaluation.whatIf()));
        }
        if (!evaluation.equal()) {
            lines.add("scored again it is not what the log has: another kind of machine or another build of the engine"
                    + " gives other last digits, so compare the two rows that were scored here");
        }
    }

    private static String score(String name, ScoreComparison.Figures score) {
        String exact = score.exactMatch() == null ? "-"
                : String.format(Locale.ROOT, "%.1f %%", 100 * score.exactMatch());
        return String.format(Locale.ROOT, "%-52s %8.4f %11.3f %12s", name, score.nll(), score.perplexity(), exact);
    }
}
