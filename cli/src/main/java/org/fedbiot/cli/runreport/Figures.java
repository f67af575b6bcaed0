package org.fedbiot.cli.runreport;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.fedbiot.cli.runreport.LineChart.Point;
import org.fedbiot.cli.runreport.LineChart.Series;
import org.fedbiot.observer.AlignmentPicture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.schemas.event.EvaluatedModel;

/** The report's charts. */
record Figures(LineChart training, LineChart alignment, LineChart evaluation, LineChart traffic) {

    static Figures of(RunPicture run) {
        return new Figures(training(run), alignment(run), evaluation(run), traffic(run));
    }

    private static LineChart training(RunPicture run) {
        return new LineChart("Training loss by round", "round", "loss", false,
                List.of(rounds(run, "counted updates", round -> round.trainingLoss().orElse(Double.NaN))));
    }

    private static LineChart alignment(RunPicture run) {
        return new LineChart("Alignment loss on held-out public text by emulator version", "emulator version", "loss",
                false, List.of(alignments(run, "before", done -> done.before().loss()),
                        alignments(run, "after", done -> done.after().loss())));
    }

    private static LineChart evaluation(RunPicture run) {
        return new LineChart("The four models on the owner's evaluation set by round", "round", "NLL", false,
                List.of(model(run, "raw full", EvaluatedModel.RAW_FULL),
                        model(run, "raw compressed", EvaluatedModel.RAW_COMPRESSED),
                        model(run, "AdapEmu", EvaluatedModel.ADAP_EMU), model(run, "AdapFu", EvaluatedModel.ADAP_FU)));
    }

    private static LineChart traffic(RunPicture run) {
        return new LineChart("Bytes by round against whole layers", "round", "bytes (log)", true,
                List.of(rounds(run, "up", round -> round.traffic().up()),
                        rounds(run, "down", round -> round.traffic().down()),
                        rounds(run, "up, whole layers", round -> round.traffic().wholeUp()),
                        rounds(run, "down, whole layers", round -> round.traffic().wholeDown())));
    }

    private static Series rounds(RunPicture run, String label, ToDoubleFunction<RoundPicture> value) {
        return new Series(label, run.rounds().stream()
                .map(round -> new Point(round.number(), value.applyAsDouble(round))).toList());
    }

    private static Series alignments(RunPicture run, String label, ToDoubleFunction<AlignmentPicture> value) {
        return new Series(label, run.alignments().stream()
                .map(done -> new Point(done.emulatorVersion(), value.applyAsDouble(done))).toList());
    }

    private static Series model(RunPicture run, String label, EvaluatedModel model) {
        return new Series(label, run.evaluations().stream().flatMap(done -> done.score(model)
                .map(score -> new Point(done.round(), score.nll())).stream()).toList());
    }
}
