package org.fedbiot.cli.experiment.report;

import java.util.Objects;
import java.util.Optional;
import org.fedbiot.cli.figure.Plot;
import org.fedbiot.cli.table.Table;

/**
 * A part of the report that is computed elsewhere from the same cells: on the page, in the JSON, and as a CSV file.
 *
 * @param note what a reader has to know of the table; may be empty
 * @param table its name is that of the file and of the JSON's part; no wall-clock times, since the report's bytes are a
 *     function of the logs
 */
public record Section(String title, String note, Table table, Optional<Plot> plot) {

    public Section {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(note, "note");
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(plot, "plot");
    }
}
