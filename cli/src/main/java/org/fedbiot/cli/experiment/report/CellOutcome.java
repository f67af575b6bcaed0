package org.fedbiot.cli.experiment.report;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.fedbiot.cli.experiment.Cell;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.observer.AlignmentPicture;
import org.fedbiot.observer.EvaluationPicture;
import org.fedbiot.observer.EvaluationPicture.Score;
import org.fedbiot.observer.LoggedEvent;
import org.fedbiot.observer.PictureFold;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.observer.RunPicture.ExportPicture;
import org.fedbiot.observer.ScoringPicture;
import org.fedbiot.observer.ScoringPicture.OwnScore;
import org.fedbiot.observer.SpecSummary;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.RunOutcome;

/** A cell's log in numbers. */
record CellOutcome(Cell cell, RunRecord record, RunPicture run) {

    /** @throws IllegalArgumentException for a run that did not come to its end; the message says what is missing */
    CellOutcome {
        if (run.outcome() != RunOutcome.COMPLETED) {
            throw new IllegalArgumentException(run.isOver() ? "the run ended " + run.outcome() + ": " + run.reason()
                    : "the run's log has no end");
        }
        if (run.evaluations().isEmpty()) {
            throw new IllegalArgumentException("the run's log has no scores");
        }
    }

    /** Throws as the constructor does. */
    static CellOutcome of(Cell cell, RunRecord record) {
        PictureFold fold = new PictureFold();
        record.entries().forEach(entry -> fold.add(new LoggedEvent(entry.topic(), entry.partition(), entry.offset(),
                entry.timestampMillis(), entry.event())));
        return new CellOutcome(cell, record, fold.picture().run(record.runId()).orElseThrow(() ->
                new IllegalArgumentException("the log has no run " + record.runId())));
    }

    /** The scores of the version that was exported; where none was, the last ones. */
    List<Score> scores() {
        List<EvaluationPicture> done = run.evaluations();
        EvaluationPicture last = done.get(done.size() - 1);
        int product = run.export().map(ExportPicture::adapterVersion).orElse(last.adapterVersion());
        return done.stream().filter(one -> one.adapterVersion() == product).reduce((earlier, later) -> later)
                .orElse(last).scores();
    }

    Optional<Score> score(EvaluatedModel model) {
        return scores().stream().filter(score -> score.model() == model).findFirst();
    }

    /** Of AdapEmu on the clients' own held-out text, the mean over clients; empty where none scored. */
    OptionalDouble ownAdapEmuNll() {
        return run.scoring().map(ScoringPicture::scores).orElse(List.of()).stream().mapToDouble(OwnScore::adapEmuNll)
                .average();
    }

    /** The newest emulator. */
    Optional<AlignmentPicture> lastAlignment() {
        List<AlignmentPicture> all = run.alignments();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** Chunks of the compressed model, which a client fetches once. */
    OptionalDouble bytesOnce() {
        return run.cut().map(cut -> OptionalDouble.of(cut.bootstrapBytes())).orElse(OptionalDouble.empty());
    }

    /** What a client holds of the model's parameters, by this run alone. */
    OptionalDouble exposedShare() {
        return run.cut().map(cut -> OptionalDouble.of((double) cut.heldParameters() / cut.totalParameters()))
                .orElse(OptionalDouble.empty());
    }

    /** All that clients handed in and reported, whether it counted or not. */
    long clientSteps() {
        return reports() * run.spec().map(SpecSummary::steps).orElse(0);
    }

    private long reports() {
        return run.rounds().stream().map(RoundPicture::clients).flatMap(List::stream)
                .filter(client -> client.report().isPresent()).count();
    }

    /** Alignment steps, the first alignment's too. */
    long serverSteps() {
        return run.alignments().stream().mapToLong(AlignmentPicture::steps).sum();
    }
}
