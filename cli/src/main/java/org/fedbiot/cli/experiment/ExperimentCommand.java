package org.fedbiot.cli.experiment;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.output.Output;
import org.fedbiot.cli.output.Terminal;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.cli.simulation.LogFile;
import org.fedbiot.worker.ComputeGate;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Many runs as one question: a grid of settings under several methods, over seeds. */
@Command(
        name = "experiment",
        mixinStandardHelpOptions = true,
        description = "Run the cells of an experiment's file that are not finished yet, and report what came of all.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:every cell that can be is finished", "4:some cells failed; their rows say why"})
public final class ExperimentCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FILE", description = "The experiment's YAML.")
    private Path file;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where the experiment keeps its files, and goes on"
            + " where it stopped; default .fedbiot/experiments/NAME.")
    private Path directory;

    @Option(names = "--lanes", paramLabel = "N", description = "Cells that run side by side; default what cores and"
            + " heap allow. Cells whose tasks use different thread counts run one after another all the same.")
    private Integer lanes;

    @Option(names = "--keep", defaultValue = "ARCHIVE", description = "What a finished cell leaves: record, archive"
            + " (default) or all.")
    private Keep keep;

    @Option(names = "--only", paramLabel = "METHOD", split = ",", description = "Run the cells of these methods only.")
    private List<String> only = List.of();

    @Option(names = "--seeds", paramLabel = "SEED", split = ",", description = "Run the cells of these seeds only.")
    private List<Long> seeds = List.of();

    @Option(names = "--retry-failed", description = "Run cells again that failed before.")
    private boolean retryFailed;

    @Option(names = "--dry-run", description = "Print cells, steps, bytes, FLOPs and estimated time, and run nothing.")
    private boolean dryRun;

    @Option(names = "--report-only", description = "Write the report on the finished cells, and run nothing.")
    private boolean reportOnly;

    @Mixin
    private Output output;

    /** What came of it all; the names of its JSON are public. */
    private record Result(String name, String directory, int failed, List<ResultTable.Line> rows) {
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        LogFile.open();
        if (lanes != null && lanes < 1) {
            throw new UserError("--lanes " + lanes + ": at least one is needed");
        }
        ExperimentFile read = ExperimentFile.read(file);
        Path root = directory == null ? Path.of(".fedbiot", "experiments", read.name()) : directory;
        ExperimentDirectory place = new ExperimentDirectory(root.toAbsolutePath().normalize());
        Experiment experiment = Experiment.of(read, PlanFile.read(place.plan()));
        Selection selection = new Selection(only, seeds, retryFailed);
        selection.requireKnown(experiment);
        experiment.notes().forEach(System.err::println);
        if (dryRun) {
            experiment.missing().forEach(missing -> System.err.println("planned without it: " + missing));
            DryRun plan = DryRun.of(experiment, place, new Pace(experiment.model()));
            output.print(plan, plan::lines);
            return ExitCode.OK.code();
        }
        experiment.requireComplete();
        if (!reportOnly) {
            place.create();
            try (ExperimentDirectory.Lock lock = place.lock()) {
                experiment.plan().write(place.plan());
                run(experiment, selection, place);
            }
        }
        int failed = (int) experiment.runs().stream().filter(cell -> place.failed(cell.id()).isPresent()).count();
        List<CellResult> results = place.results(experiment.cells());
        experiment.report(results).write(place.report());
        System.err.println("report in " + place.report());
        List<ResultTable.Line> rows = results.stream().map(ResultTable.Line::of).toList();
        output.print(new Result(read.name(), place.root().toString(), failed, rows), () -> ResultTable.lines(rows));
        return failed == 0 ? ExitCode.OK.code() : ExitCode.RUN_FAILED.code();
    }

    private void run(Experiment experiment, Selection selection, ExperimentDirectory place)
            throws InterruptedException {
        Pace pace = new Pace(experiment.model());
        List<PlannedCell> runs = experiment.runs();
        List<PlannedCell> finished = runs.stream().filter(cell -> place.isFinished(cell.id())).toList();
        finished.forEach(cell -> place.finished(cell.id()).ifPresent(run -> pace.add(cell, run.seconds())));
        List<PlannedCell> open = selection.open(experiment, place);
        int cores = Runtime.getRuntime().availableProcessors();
        int count = lanes == null ? Lanes.fitting(open, cores, Runtime.getRuntime().maxMemory()) : lanes;
        PrintStream err = System.err;
        err.printf(Locale.ROOT, "experiment %s: %d rows, %d runs, %d finished, %d to run in %d lanes; files in %s%n",
                experiment.plan().name(), experiment.cells().size(), runs.size(), finished.size(), open.size(), count,
                place.root());
        Progress progress = new Progress(err, Terminal.ofProcess().redraws(), Clock.systemUTC(), pace, count,
                runs.size(), finished.size(), open);
        CellRun cellRun = new CellRun(place, keep, ComputeGate.ofMachine());
        try {
            new Lanes(count).run(open, cell -> {
                progress.started(cell);
                cellRun.run(cell, entry -> progress.heard(cell, entry));
            }, (cell, thrown) -> {
                if (thrown.isEmpty()) {
                    progress.finished(cell, place.finished(cell.id()).map(RunRecord::seconds).orElse(0.0));
                } else {
                    LoggerFactory.getLogger(ExperimentCommand.class).error("cell {} failed", cell.id(), thrown.get());
                    String reason = reason(thrown.get());
                    place.fail(cell.id(), reason);
                    progress.failed(cell, reason);
                }
            });
        } finally {
            progress.end();
        }
    }

    private static String reason(Throwable failure) {
        return failure.getMessage() == null || failure.getMessage().isBlank() ? failure.toString()
                : failure.getMessage();
    }
}
