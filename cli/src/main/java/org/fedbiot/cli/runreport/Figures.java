package org.fedbiot.cli.runreport;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.fedbiot.cli.figure.Plot.Axis;
import org.fedbiot.cli.figure.Plot.Line;
import org.fedbiot.cli.figure.Plot.Lines;
import org.fedbiot.cli.figure.Plot.Mark;
import org.fedbiot.cli.figure.Plot.Scale;
import org.fedbiot.cli.figure.Plot.Value;
import org.fedbiot.observer.AlignmentPicture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.schemas.event.EvaluatedModel;

/** The report's figures, as numbers. */
record Figures(Lines training, Lines alignment, Lines evaluation, Lines traffic) {

    private static final Axis ROUND = new Axis("round", Scale.WHOLE);

    static Figures of(RunPicture run) {
        return new Figures(training(run), alignment(run), evaluation(run), traffic(run));
    }

    private static Lines training(RunPicture run) {
        return new Lines("training", "Training loss by round", ROUND, new Axis("loss", Scale.LINEAR),
                List.of(rounds(run, "counted updates", round -> round.trainingLoss().orElse(Double.NaN))));
    }

    private static Lines alignment(RunPicture run) {
        return new Lines("alignment", "Alignment loss on held-out public text by emulator version",
                new Axis("emulator version", Scale.WHOLE), new Axis("loss", Scale.LINEAR),
                List.of(alignments(run, "before", done -> done.before().loss()),
                        alignments(run, "after", done -> done.after().loss())));
    }

    private static Lines evaluation(RunPicture run) {
        return new Lines("evaluation", "The four models on the owner's evaluation set by round", ROUND,
                new Axis("NLL", Scale.LINEAR),
                List.of(model(run, "raw full", EvaluatedModel.RAW_FULL),
                        model(run, "raw compressed", EvaluatedModel.RAW_COMPRESSED),
                        model(run, "AdapEmu", EvaluatedModel.ADAP_EMU), model(run, "AdapFu", EvaluatedModel.ADAP_FU)));
    }

    private static Lines traffic(RunPicture run) {
        return new Lines("traffic", "Bytes by round against whole layers", ROUND,
                new Axis("bytes", Scale.LOGARITHMIC),
                List.of(rounds(run, "up", round -> round.traffic().up()),
                        rounds(run, "down", round -> round.traffic().down()),
                        rounds(run, "up, whole layers", round -> round.traffic().wholeUp()),
                        rounds(run, "down, whole layers", round -> round.traffic().wholeDown())));
    }

    private static Line rounds(RunPicture run, String label, ToDoubleFunction<RoundPicture> value) {
        return new Line(label, run.rounds().stream()
                .map(round -> new Mark(round.number(), Value.of(value.applyAsDouble(round)))).toList());
    }

    private static Line alignments(RunPicture run, String label, ToDoubleFunction<AlignmentPicture> value) {
        return new Line(label, run.alignments().stream()
                .map(done -> new Mark(done.emulatorVersion(), Value.of(value.applyAsDouble(done)))).toList());
    }

    private static Line model(RunPicture run, String label, EvaluatedModel model) {
        return new Line(label, run.evaluations().stream().flatMap(done -> done.score(model)
                .map(score -> new Mark(done.round(), Value.of(score.nll()))).stream()).toList());
    }
}
