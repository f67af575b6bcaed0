package org.fedbiot.cli.experiment;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.fedbiot.cli.UserError;

/**
 * Which runs of an experiment a start is about.
 *
 * @param methods empty for all
 * @param seeds empty for all
 * @param retryFailed those too that failed before
 */
record Selection(List<String> methods, List<Long> seeds, boolean retryFailed) {

    Selection {
        methods = List.copyOf(methods);
        seeds = List.copyOf(seeds);
    }

    /** @throws UserError naming a method or seed that the experiment does not have */
    void requireKnown(Experiment experiment) {
        require("--only", methods, experiment.cells(), cell -> cell.cell().method());
        require("--seeds", seeds, experiment.cells(), cell -> cell.cell().seed());
    }

    private static <T> void require(String option, List<T> named, List<PlannedCell> cells,
            Function<PlannedCell, T> value) {
        List<T> known = cells.stream().map(value).distinct().toList();
        named.stream().filter(one -> !known.contains(one)).findFirst().ifPresent(one -> {
            throw new UserError(option + " " + one + ": the experiment has " + known);
        });
    }

    /** Runs that are to be run now, in order: a run is wanted if any of the rows that it serves is. */
    List<PlannedCell> open(Experiment experiment, ExperimentDirectory place) {
        Collection<String> wanted = experiment.cells().stream().map(PlannedCell::cell)
                .filter(cell -> methods.isEmpty() || methods.contains(cell.method()))
                .filter(cell -> seeds.isEmpty() || seeds.contains(cell.seed())).map(Cell::id).toList();
        return experiment.runs().stream().filter(cell -> wanted.contains(cell.id()))
                .filter(cell -> !place.isFinished(cell.id()))
                .filter(cell -> retryFailed || place.failed(cell.id()).isEmpty()).toList();
    }
}
