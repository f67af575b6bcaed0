package org.fedbiot.cli.quickstart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.report.LiveLines;
import org.fedbiot.cli.report.QuickstartReport;
import org.fedbiot.cli.simulation.LogFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The same run as FedBiOT, without alignment, and as its ceiling (the same LoRA trained federatedly on the full model),
 * over seeds. Every cell is an ordinary run through the same pipeline, one after another.
 */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Run FedBiOT, the same without alignment, and the ceiling over seeds, and print a table.")
public final class CompareCommand implements Callable<Integer> {

    /** A row of the comparison: what it sets over the settings. */
    enum Variant {
        FEDBIOT(Map.of()),
        NO_ALIGNMENT(Map.of("alignment.preSteps", "0", "alignment.steps", "0")),
        /** Nothing dropped: the compressed model is the full one, so its clients see all of it. */
        CEILING(Map.of("alignment.preSteps", "0", "alignment.steps", "0", "split.dropRate", "0",
                "exposure.allowAll", "true"));

        private final Map<String, String> settings;

        Variant(Map<String, String> settings) {
            this.settings = settings;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Mixin
    private RunOptions options;

    @Option(names = "--seeds", split = ",", defaultValue = "0,1,2", description = "Run seeds, default 0,1,2.")
    private List<Long> seeds;

    @Option(names = "--variants", split = ",", defaultValue = "FEDBIOT,NO_ALIGNMENT,CEILING",
            description = "Rows, default all: ${COMPLETION-CANDIDATES}.")
    private List<Variant> variants;

    @Option(names = "--dir", paramLabel = "DIR", description = "Parent of the runs' directories.")
    private Path directory;

    @Mixin
    private Output output;

    /** A row; the names of its JSON are public. */
    private record Row(String variant, long seed, QuickstartReport report) {
    }

    @Override
    public Integer call() {
        LogFile.open();
        Map<Variant, Map<Long, QuickstartReport>> reports = new LinkedHashMap<>();
        for (long seed : seeds) {
            for (Variant variant : variants) {
                QuickstartReport report = run(variant, seed);
                System.err.println(row(variant, seed, report));
                reports.computeIfAbsent(variant, v -> new LinkedHashMap<>()).put(seed, report);
            }
        }
        output.print(rows(reports), () -> table(reports));
        return 0;
    }

    private static List<Row> rows(Map<Variant, Map<Long, QuickstartReport>> reports) {
        List<Row> rows = new ArrayList<>();
        reports.forEach((variant, bySeed) ->
                bySeed.forEach((seed, report) -> rows.add(new Row(variant.label(), seed, report))));
        return rows;
    }

    private QuickstartReport run(Variant variant, long seed) {
        ModelChoice choice = ModelChoice.of(options.model);
        String label = "compare-" + variant.label();
        PreparedRun run = PreparedRun.of(options, choice,
                options.tree(choice).with(variant.settings).with("seed", Long.toString(seed)),
                directory == null ? null : directory.resolve(label + "-seed" + seed), label);
        System.err.println(run.summary());
        return run.start(options.port, new LiveLines(System.err, false)::add).report();
    }

    /** Exact match in per cent and NLL of the four models, a line for each variant and seed, then the paired gain. */
    static List<String> table(Map<Variant, Map<Long, QuickstartReport>> reports) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format("%-13s %4s | %17s | %17s | %17s | %17s | %s", "", "seed", "raw full", "raw compressed",
                "AdapEmu", "AdapFu", "alignment loss, first to last; seconds"));
        reports.forEach((variant, bySeed) -> bySeed.forEach((seed, report) -> lines.add(row(variant, seed, report))));
        Map<Long, QuickstartReport> with = reports.getOrDefault(Variant.FEDBIOT, Map.of());
        Map<Long, QuickstartReport> without = reports.getOrDefault(Variant.NO_ALIGNMENT, Map.of());
        if (!with.isEmpty() && with.keySet().equals(without.keySet())) {
            lines.addAll(gain(with, without));
        }
        return lines;
    }

    private static String row(Variant variant, long seed, QuickstartReport report) {
        QuickstartReport.Evaluation scores = report.evaluation();
        List<QuickstartReport.Alignment> alignment = report.alignment();
        return String.format(Locale.ROOT, "%-13s %4d | %s | %s | %s | %s | %.3f -> %.3f; %.0f", variant.label(), seed,
                cell(scores.rawFull()), cell(scores.rawCompressed()), cell(scores.adapEmu()), cell(scores.adapFu()),
                alignment.get(0).lossBefore(), alignment.get(alignment.size() - 1).lossAfter(), report.seconds());
    }

    private static String cell(QuickstartReport.Score score) {
        return String.format(Locale.ROOT, "EM %5s NLL %.3f",
                score.exactMatch() == null ? "-" : QuickstartCommand.percent(score.exactMatch()), score.nll());
    }

    private static List<String> gain(Map<Long, QuickstartReport> with, Map<Long, QuickstartReport> without) {
        List<String> points = new ArrayList<>();
        double exact = 0;
        double nll = 0;
        for (Map.Entry<Long, QuickstartReport> entry : with.entrySet()) {
            QuickstartReport.Score on = entry.getValue().evaluation().adapFu();
            QuickstartReport.Score off = without.get(entry.getKey()).evaluation().adapFu();
            double difference = on.exactMatch() == null ? Double.NaN : 100 * (on.exactMatch() - off.exactMatch());
            points.add(String.format(Locale.ROOT, "%+.1f points (NLL %+.3f)", difference, on.nll() - off.nll()));
            exact += difference / with.size();
            nll += (on.nll() - off.nll()) / with.size();
        }
        return List.of("AdapFu with alignment against without, same seed: " + String.join(", ", points),
                String.format(Locale.ROOT, "mean over %d seeds: %+.1f points, NLL %+.3f", with.size(), exact, nll));
    }
}
