package org.fedbiot.cli.experiment;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.fedbiot.cli.settings.RunSettings;
import org.fedbiot.schemas.event.RunSpec;

/**
 * A cell with all that its run needs. Cells of one id are one run that serves several rows.
 *
 * @param key SHA-256 over everything that the run's result depends on, as it was set: what is not set is not in it, so
 *     that a release with a further setting still knows the cell
 * @param spec empty where the cell is not possible
 * @param settings the resolved ones, of the method at the point
 * @param dealtTo whom the private text is dealt to; not all of them need take part
 * @param problem why it is not possible; empty where it is
 */
record PlannedCell(Cell cell, String key, Optional<RunSpec> spec, RunSettings settings, TextFiles texts,
        List<String> dealtTo, String problem) {

    PlannedCell {
        Objects.requireNonNull(settings, "settings");
        dealtTo = List.copyOf(dealtTo);
        if (spec.isPresent() != problem.isEmpty()) {
            throw new IllegalArgumentException("cell " + cell.id() + " has either a run or a problem");
        }
    }

    String id() {
        return cell.id();
    }
}
