package org.fedbiot.cli.experiment.report;

import static org.fedbiot.cli.table.Cells.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.cli.table.Table;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.observer.TaskPicture;
import org.fedbiot.schemas.event.ServerTaskProgressed;
import org.fedbiot.schemas.event.TaskKind;

/**
 * Seconds of each cell by phase, from the workers' own durations and the log's times. Apart from all other numbers:
 * they tell of a machine and what else it did, and no two runs have the same.
 */
final class Timings {

    /** Phases of the task that cuts the model, in a worker's words: the first alignment is between them. */
    private static final String ALIGN = "align";
    private static final String PUBLISH = "publish";
    private static final double MILLIS = 1_000.0;

    private Timings() {
    }

    /** A run that stands for cells of several points has one line. */
    static Table of(Grid grid) {
        return new Table("timings", List.of("cell", "compress", "preAlign", "align", "rounds", "train", "aggregate",
                "evaluate", "export", "whole"), grid.outcomes().map(Timings::line).distinct().toList());
    }

    private static List<JsonNode> line(CellOutcome cell) {
        RunPicture run = cell.run();
        double preAlign = preAlign(cell.record());
        List<JsonNode> line = new ArrayList<>(List.of(cell(cell.cell().id())));
        line.addAll(List.of(cell(Math.max(0, tasks(run, TaskKind.COMPRESS) - preAlign)), cell(preAlign),
                cell(tasks(run, TaskKind.ALIGN)),
                cell(seconds(run.rounds().stream().filter(round -> round.closedMillis() > 0)
                        .mapToLong(round -> round.closedMillis() - round.openedMillis()).sum())),
                cell(seconds(run.rounds().stream().map(RoundPicture::clients).flatMap(List::stream)
                        .flatMap(client -> client.report().stream()).mapToLong(report -> report.trainingMillis())
                        .sum())),
                cell(seconds(run.rounds().stream().filter(round -> round.publishedMillis() > 0)
                        .mapToLong(round -> round.publishedMillis() - round.closedMillis()).sum())),
                cell(tasks(run, TaskKind.EVALUATE)), cell(tasks(run, TaskKind.EXPORT)),
                cell(seconds(run.endedMillis() - run.acceptedMillis()))));
        return line;
    }

    private static double tasks(RunPicture run, TaskKind kind) {
        return seconds(run.tasks().stream().filter(task -> task.kind() == kind).mapToLong(TaskPicture::durationMillis)
                .sum());
    }

    /** From the first step of the first alignment that the log shows to the word that it is over; 0 without one. */
    private static double preAlign(RunRecord record) {
        long begun = 0;
        long over = 0;
        for (RunRecord.Entry entry : record.entries()) {
            if (entry.event() instanceof ServerTaskProgressed progress && progress.getKind() == TaskKind.COMPRESS) {
                if (progress.getPhase().equals(ALIGN) && begun == 0) {
                    begun = entry.timestampMillis();
                } else if (progress.getPhase().equals(PUBLISH)) {
                    over = entry.timestampMillis();
                }
            }
        }
        return begun == 0 ? 0 : seconds(Math.max(0, over - begun));
    }

    private static double seconds(long millis) {
        return millis / MILLIS;
    }
}
