package org.fedbiot.cli.simulation;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.report.QuickstartReport;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.worker.ComputeGate;
import org.fedbiot.worker.client.ClientData;

/** One run from start to end in a cluster of its own. */
public final class Simulation {

    /** What came of it. */
    public record Result(RunRecord run, QuickstartReport report) {
    }

    /**
     * What is around a run.
     *
     * @param gate that its workers pass, and those of other runs beside it
     * @param port of its broker; 0 for any that is free
     * @param live told of every event as it is read
     * @param started told of the cluster before the run is submitted
     * @param completed told of the cluster when the run is completed and its record written
     */
    public record Surroundings(ComputeGate gate, int port, Consumer<RunRecord.Entry> live,
            Consumer<LocalCluster> started, Consumer<LocalCluster> completed) {
    }

    private Simulation() {
    }

    /**
     * @param record where its record goes: a directory may hold several runs
     * @param live told of every event as it is read
     * @throws UserError if the run is refused or fails, with the reason that its log gives
     */
    public static Result run(RunDirectory directory, Path record, RunSpec spec, Map<String, ClientData> text, int port,
            Consumer<RunRecord.Entry> live) {
        return run(directory, record, spec, text, port, live, cluster -> { });
    }

    /**
     * As above, with something beside it.
     *
     * @param beside told of the cluster before the run is submitted
     */
    public static Result run(RunDirectory directory, Path record, RunSpec spec, Map<String, ClientData> text, int port,
            Consumer<RunRecord.Entry> live, Consumer<LocalCluster> beside) {
        return run(directory, record, spec, text,
                new Surroundings(ComputeGate.ofMachine(), port, live, beside, cluster -> { }));
    }

    /** As above, among others. */
    public static Result run(RunDirectory directory, Path record, RunSpec spec, Map<String, ClientData> text,
            Surroundings around) {
        RunRecord run;
        try (LocalCluster cluster = new LocalCluster(directory, text, around.port(), around.gate());
                RunWatcher watcher = new RunWatcher(cluster.kafka(), around.live())) {
            around.started().accept(cluster);
            cluster.submit(spec);
            run = watcher.watch(spec.getRunId(), cluster.failure());
            // Before the parts are closed: a finished run is kept even if one of them does not stop in order.
            RecordFiles.write(run, record);
            if (run.ended().filter(ended -> ended.getOutcome() == RunOutcome.COMPLETED).isPresent()) {
                around.completed().accept(cluster);
            }
        } catch (CompletionException e) {
            throw new UserError("run " + spec.getRunId() + ": " + e.getCause().getMessage()
                    + "; see " + LogFile.location(), e.getCause());
        }
        if (run.refused().isPresent()) {
            RunRefused refused = run.refused().get();
            throw new UserError("run " + spec.getRunId() + " was refused: " + refused.getReason());
        }
        RunEnded ended = run.ended().orElseThrow();
        if (ended.getOutcome() != RunOutcome.COMPLETED) {
            throw new UserError("run " + spec.getRunId() + " ended " + ended.getOutcome() + ": " + ended.getReason());
        }
        return new Result(run, QuickstartReport.of(run, PeakMemory.bytes(), record.toString()));
    }
}
