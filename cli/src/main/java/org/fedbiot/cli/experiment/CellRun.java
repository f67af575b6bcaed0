package org.fedbiot.cli.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.archive.Archiving;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.cli.simulation.DealtText;
import org.fedbiot.cli.simulation.RunDirectory;
import org.fedbiot.cli.simulation.Simulation;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.worker.ComputeGate;

/**
 * Runs a cell in a cluster of its own. Its record gets to its place last of all, in one step.
 *
 * @param gate that the workers of all cells pass
 */
record CellRun(ExperimentDirectory directory, Keep keep, ComputeGate gate) {

    private static final String UNFINISHED = "record.part";

    /**
     * @param live told of every event of the run
     * @throws UserError or BadInputException if the run is refused or fails, or its text cannot be used
     */
    void run(PlannedCell planned, Consumer<RunRecord.Entry> live) {
        Path home = directory.cell(planned.id());
        ExperimentDirectory.delete(home);
        RunDirectory files = RunDirectory.create(home);
        RunSpec spec = planned.spec().orElseThrow();
        DealtText dealt = planned.texts().dealt(planned.settings(), planned.dealtTo());
        dealt.write(files.data());
        Path record = home.resolve(UNFINISHED);
        Simulation.run(files, record, spec, TextFiles.of(dealt, spec.getFederation().getClients()),
                new Simulation.Surroundings(gate, 0, live, cluster -> { }, cluster -> {
                    if (keep != Keep.RECORD) {
                        Archiving.write(cluster.kafka(), planned.id(), home.resolve("run.archive"));
                    }
                }));
        if (keep != Keep.ALL) {
            Stream.of(files.kafka(), files.streams(), files.clientCache(), files.export(), files.server())
                    .forEach(ExperimentDirectory::delete);
        }
        try {
            Files.move(record, directory.record(planned.id()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UserError(record + ": cannot be put in its place: " + e.getMessage(), e);
        }
    }
}
