package org.fedbiot.cli.quickstart;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.output.Terminal;
import org.fedbiot.cli.report.LiveLines;
import org.fedbiot.cli.report.ReportTable;
import org.fedbiot.cli.simulation.LogFile;
import org.fedbiot.cli.simulation.Simulation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One run, everything in this process. */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        description = "Fine-tune a model by FedBiOT with broker, registry, coordinator, aggregator, server worker and"
                + " clients in one process, and show what came of it.")
public final class QuickstartCommand implements Callable<Integer> {

    @Mixin
    private RunOptions options;

    @Mixin
    private Output output;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where the run keeps its files; must not hold one yet.")
    private Path directory;

    @Option(names = "--dashboard", negatable = true, description = "Keep the live page open after the run, until"
            + " Ctrl-C. Without it the page is there while the run goes on; with --no-dashboard there is none.")
    private Boolean dashboard;

    @Override
    public Integer call() {
        LogFile.open();
        PreparedRun run = PreparedRun.of(options, directory, "quickstart");
        PrintStream progress = System.err;
        progress.println(run.summary());
        LiveLines lines = new LiveLines(progress, Terminal.ofProcess().redraws());
        try (LivePage page = new LivePage(progress)) {
            Simulation.Result result;
            try {
                result = run.start(options.port, lines::add, Boolean.FALSE.equals(dashboard)
                        ? cluster -> { } : page::open);
            } finally {
                lines.end();
            }
            print(result);
            if (Boolean.TRUE.equals(dashboard)) {
                page.stay();
            }
        }
        return 0;
    }

    private void print(Simulation.Result result) {
        if (output.isJson()) {
            System.out.println(result.report().toJson());
        } else {
            ReportTable.lines(result.report(), result.run()).forEach(System.out::println);
        }
    }
}
