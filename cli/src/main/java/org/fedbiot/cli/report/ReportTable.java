package org.fedbiot.cli.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.TaskKind;

/** The quickstart's result as lines for people. */
public final class ReportTable {

    private ReportTable() {
    }

    public static List<String> lines(QuickstartReport report, RunRecord run) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(String.format("%-34s %8s %11s %12s", "owner's evaluation set", "NLL", "perplexity", "exact match"));
        score(lines, "raw full model", report.evaluation().rawFull());
        score(lines, "raw compressed model", report.evaluation().rawCompressed());
        score(lines, "AdapEmu (adapter on the emulator)", report.evaluation().adapEmu());
        score(lines, "AdapFu (adapter in the full model)", report.evaluation().adapFu());
        lines.add("");
        lines.add(String.format("%-34s %8s %11s %12s %9s", "client and round", "loss", "samples", "bytes up", "down"));
        for (QuickstartReport.Round round : report.rounds()) {
            for (QuickstartReport.Client client : round.clients()) {
                lines.add(String.format(Locale.ROOT, "round %-3d %-24s %8.4f %11d %12s %9s", round.round(),
                        client.client(), client.loss(), client.samples(), bytes(client.bytesUp()),
                        bytes(client.bytesDown())));
            }
        }
        lines.add("");
        phases(report, run).forEach((phase, seconds) ->
                lines.add(String.format(Locale.ROOT, "%-34s %7.1f s", phase, seconds)));
        lines.add(String.format(Locale.ROOT, "%-34s %7.1f s", "whole run", report.seconds()));
        lines.add("");
        lines.add(String.format(Locale.ROOT, "%-34s %s", "one-time bytes for a client", bytes(report.bootstrapBytes())));
        lines.add(String.format(Locale.ROOT, "%-34s %.1f %% of the full model's parameters", "a client ever holds",
                100 * report.exposedShare()));
        lines.add(String.format(Locale.ROOT, "%-34s %s", "peak memory", bytes(report.peakMemoryBytes())));
        lines.add(String.format("%-34s %s", "PEFT adapter", report.export().adapter()));
        lines.add(String.format("%-34s %s", "merged model", report.export().merged()));
        lines.add(String.format("%-34s %s", "run record", report.export().record()));
        return lines;
    }

    private static void score(List<String> lines, String name, QuickstartReport.Score score) {
        lines.add(String.format(Locale.ROOT, "%-34s %8.4f %11.3f %12s%s", name, score.nll(), score.perplexity(),
                score.exactMatch() == null ? "-" : percent(score.exactMatch()),
                score.parses() == null ? "" : ", " + percent(score.parses()) + " of the programs parse"));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** Seconds by phase: rounds from announcement to published adapter, server tasks by kind. */
    static Map<String, Double> phases(QuickstartReport report, RunRecord run) {
        Map<TaskKind, Double> tasks = new EnumMap<>(TaskKind.class);
        for (ServerTaskCompleted task : run.tasks()) {
            tasks.merge(task.getKind(), task.getDurationMillis() / 1000.0, Double::sum);
        }
        Map<String, Double> phases = new java.util.LinkedHashMap<>();
        phases.put("compress and pre-align", tasks.getOrDefault(TaskKind.COMPRESS, 0.0));
        phases.put("rounds (clients train, fold)",
                report.rounds().stream().mapToDouble(QuickstartReport.Round::seconds).sum());
        phases.put("re-align", tasks.getOrDefault(TaskKind.ALIGN, 0.0));
        phases.put("evaluate", tasks.getOrDefault(TaskKind.EVALUATE, 0.0));
        phases.put("export", tasks.getOrDefault(TaskKind.EXPORT, 0.0));
        return phases;
    }

    static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes;
        String unit = "";
        for (String next : List.of("kB", "MB", "GB", "TB")) {
            if (value < 1000) {
                break;
            }
            value /= 1000;
            unit = next;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, unit);
    }
}
