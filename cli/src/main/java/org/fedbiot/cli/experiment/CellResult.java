package org.fedbiot.cli.experiment;

import java.util.Objects;
import java.util.Optional;
import org.fedbiot.cli.report.RunRecord;

/**
 * What came of a cell.
 *
 * @param run its log; empty where it failed or has not run yet
 * @param problem why there is no log; empty where there is one
 */
public record CellResult(Cell cell, Optional<RunRecord> run, String problem) {

    public CellResult {
        Objects.requireNonNull(cell, "cell");
        if (run.isPresent() != problem.isEmpty()) {
            throw new IllegalArgumentException("cell " + cell.id() + " has either a run or a problem");
        }
    }
}
