package org.fedbiot.cli.experiment.report;

import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.fedbiot.observer.AlignmentPicture;
import org.fedbiot.observer.EvaluationPicture.Score;
import org.fedbiot.schemas.event.EvaluatedModel;

/** A number that a run comes to. Its label is public: a column of files. */
enum Metric {
    ADAP_FU_NLL("adapFuNll", Parts.MEAN, cell -> score(cell, EvaluatedModel.ADAP_FU, Score::nll)),
    ADAP_FU_PERPLEXITY("adapFuPerplexity", Parts.MEAN, cell -> score(cell, EvaluatedModel.ADAP_FU, Score::perplexity)),
    ADAP_FU_EXACT_MATCH("adapFuExactMatch", Parts.MEAN, cell -> share(cell, EvaluatedModel.ADAP_FU, Score::exactMatch)),
    ADAP_EMU_NLL("adapEmuNll", Parts.MEAN, cell -> score(cell, EvaluatedModel.ADAP_EMU, Score::nll)),
    ADAP_EMU_PERPLEXITY("adapEmuPerplexity", Parts.MEAN,
            cell -> score(cell, EvaluatedModel.ADAP_EMU, Score::perplexity)),
    ADAP_EMU_EXACT_MATCH("adapEmuExactMatch", Parts.MEAN,
            cell -> share(cell, EvaluatedModel.ADAP_EMU, Score::exactMatch)),
    EXACT_MATCH_RECORDS("exactMatchRecords", Parts.MEAN,
            cell -> score(cell, EvaluatedModel.ADAP_FU, Score::exactMatchRecords)),
    ADAP_FU_PARSES("adapFuParses", Parts.MEAN, cell -> share(cell, EvaluatedModel.ADAP_FU, Score::parses)),
    ADAP_EMU_PARSES("adapEmuParses", Parts.MEAN, cell -> share(cell, EvaluatedModel.ADAP_EMU, Score::parses)),
    PARSES_RECORDS("parsesRecords", Parts.MEAN, Metric::programsChecked),
    OWN_ADAP_EMU_NLL("ownAdapEmuNll", Parts.MEAN, CellOutcome::ownAdapEmuNll),
    L2("l2", Parts.MEAN, cell -> aligned(cell, done -> done.after().l2())),
    KL("kl", Parts.MEAN, cell -> aligned(cell, done -> done.after().kl())),
    BYTES_UP("bytesUp", Parts.SUM, cell -> OptionalDouble.of(cell.run().traffic().up())),
    BYTES_DOWN("bytesDown", Parts.SUM, cell -> OptionalDouble.of(cell.run().traffic().down())),
    BYTES_ONCE("bytesOnce", Parts.MEAN, CellOutcome::bytesOnce),
    EXPOSED_SHARE("exposedShare", Parts.MEAN, CellOutcome::exposedShare),
    CLIENT_STEPS("clientSteps", Parts.SUM, cell -> OptionalDouble.of(cell.clientSteps())),
    SERVER_STEPS("serverSteps", Parts.SUM, cell -> OptionalDouble.of(cell.serverSteps()));

    /** Metrics of which methods are compared seed by seed. */
    static final List<Metric> COMPARED = List.of(ADAP_FU_NLL, ADAP_FU_EXACT_MATCH, ADAP_FU_PARSES, ADAP_EMU_NLL,
            ADAP_EMU_EXACT_MATCH, ADAP_EMU_PARSES);
    /** Metrics that only a task has whose replies are programs; no other task's tables have a place for them. */
    static final Set<Metric> OF_PROGRAMS = EnumSet.of(ADAP_FU_PARSES, ADAP_EMU_PARSES, PARSES_RECORDS);

    private static final Set<Metric> SHARES = EnumSet.of(ADAP_FU_EXACT_MATCH, ADAP_EMU_EXACT_MATCH, ADAP_FU_PARSES,
            ADAP_EMU_PARSES);

    private final String label;
    private final Parts parts;
    private final Function<CellOutcome, OptionalDouble> value;

    /** How a row that is made of one run per client comes to one number: a quality's mean, or an expense's sum. */
    private enum Parts {
        MEAN,
        SUM
    }

    Metric(String label, Parts parts, Function<CellOutcome, OptionalDouble> value) {
        this.label = label;
        this.parts = parts;
        this.value = value;
    }

    String label() {
        return label;
    }

    boolean isBetter(double value, double other) {
        return SHARES.contains(this) ? value > other : value < other;
    }

    OptionalDouble of(CellOutcome cell) {
        return value.apply(cell);
    }

    /** @return empty where one of the cells lacks it */
    OptionalDouble of(List<CellOutcome> cells) {
        List<OptionalDouble> values = cells.stream().map(this::of).toList();
        if (values.isEmpty() || values.stream().anyMatch(OptionalDouble::isEmpty)) {
            return OptionalDouble.empty();
        }
        double sum = 0;
        for (OptionalDouble one : values) {
            sum += one.getAsDouble();
        }
        return OptionalDouble.of(parts == Parts.SUM ? sum : sum / values.size());
    }

    private static OptionalDouble score(CellOutcome cell, EvaluatedModel model, ToDoubleFunction<Score> number) {
        return cell.score(model).map(score -> OptionalDouble.of(number.applyAsDouble(score)))
                .orElse(OptionalDouble.empty());
    }

    private static OptionalDouble share(CellOutcome cell, EvaluatedModel model,
            Function<Score, OptionalDouble> share) {
        return cell.score(model).map(share).orElse(OptionalDouble.empty());
    }

    private static OptionalDouble programsChecked(CellOutcome cell) {
        return cell.score(EvaluatedModel.ADAP_FU).filter(score -> score.parses().isPresent())
                .map(score -> OptionalDouble.of(score.parsesRecords())).orElse(OptionalDouble.empty());
    }

    private static OptionalDouble aligned(CellOutcome cell, ToDoubleFunction<AlignmentPicture> number) {
        return cell.lastAlignment().map(done -> OptionalDouble.of(number.applyAsDouble(done)))
                .orElse(OptionalDouble.empty());
    }
}
