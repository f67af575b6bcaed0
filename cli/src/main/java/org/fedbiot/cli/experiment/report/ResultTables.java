package org.fedbiot.cli.experiment.report;

import static org.fedbiot.cli.table.Cells.cell;
import static org.fedbiot.cli.table.Cells.none;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;
import org.fedbiot.cli.table.Cells;
import org.fedbiot.cli.table.Table;
import org.fedbiot.observer.AlignmentPicture;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.EvaluationPicture;
import org.fedbiot.observer.EvaluationPicture.Score;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.schemas.event.EvaluatedModel;

/**
 * All numbers of an experiment. The names of tables and columns are public; beside those given here every table has a
 * column for each key of the grid.
 */
final class ResultTables {

    private static final List<EvaluatedModel> MODELS = List.of(EvaluatedModel.RAW_FULL, EvaluatedModel.RAW_COMPRESSED,
            EvaluatedModel.ADAP_EMU, EvaluatedModel.ADAP_FU);
    private static final List<String> MODEL_LABELS = List.of("rawFull", "rawCompressed", "adapEmu", "adapFu");
    private static final List<String> CELL = List.of("cell", "method", "seed", "part");

    private final Grid grid;
    private final List<Difference> differences;
    private final List<String> keys;
    /** Whether some reply was read as a program. */
    private final boolean programs;

    ResultTables(Grid grid, List<Difference> differences) {
        this.grid = grid;
        this.differences = differences;
        this.keys = grid.keys();
        this.programs = grid.outcomes().flatMap(outcome -> outcome.scores().stream())
                .anyMatch(score -> score.parses().isPresent());
    }

    List<Table> all() {
        return List.of(cells(), summary(), differences(), alignment(), rounds(), clients());
    }

    /** One line a cell, with all it came to, or why it did not. */
    Table cells() {
        List<String> columns = columns(CELL, List.of("state", "problem"));
        for (String model : MODEL_LABELS) {
            columns.addAll(List.of(model + "Nll", model + "Perplexity", model + "ExactMatch", model + "Records",
                    model + "ExactMatchRecords"));
            if (programs) {
                columns.addAll(List.of(model + "Parses", model + "ParsesRecords"));
            }
        }
        List<Metric> others = Arrays.stream(Metric.values()).filter(ResultTables::isNoScore).toList();
        others.forEach(metric -> columns.add(metric.label()));
        return new Table("cells", columns, grid.entries().stream().map(entry -> {
            List<JsonNode> row = row(entry);
            row.addAll(List.of(cell(entry.outcome().isPresent() ? "done" : "missing"), cell(entry.problem())));
            MODELS.forEach(model -> row.addAll(score(entry.outcome().flatMap(outcome -> outcome.score(model)))));
            others.forEach(metric -> row.add(cell(entry.outcome().map(metric::of).orElse(OptionalDouble.empty()))));
            return row;
        }).toList());
    }

    private static boolean isNoScore(Metric metric) {
        return metric.ordinal() >= Metric.OWN_ADAP_EMU_NLL.ordinal();
    }

    private List<JsonNode> score(Optional<Score> score) {
        List<JsonNode> numbers = new ArrayList<>(score.map(one -> List.of(cell(one.nll()), cell(one.perplexity()),
                cell(one.exactMatch()), cell(one.records()), cell(one.exactMatchRecords())))
                .orElse(List.of(none(), none(), none(), none(), none())));
        if (programs) {
            numbers.addAll(score.map(one -> List.of(cell(one.parses()), cell(one.parsesRecords())))
                    .orElse(List.of(none(), none())));
        }
        return numbers;
    }

    /** Mean and standard deviation over seeds, one line for every row and metric. */
    Table summary() {
        List<Metric> metrics = Stream.of(Metric.values())
                .filter(metric -> programs || !Metric.OF_PROGRAMS.contains(metric)).toList();
        return new Table("summary", columns(List.of("method"), List.of("metric", "mean", "standardDeviation", "lower",
                "upper", "seeds", "plannedSeeds", "missing")), grid.allRows().flatMap(row -> metrics.stream()
                .map(metric -> summary(row, metric, row.sample(metric)))).toList());
    }

    private List<JsonNode> summary(Row row, Metric metric, Optional<Sample> sample) {
        List<JsonNode> line = new ArrayList<>(List.of(cell(row.method())));
        point(line, row.point());
        line.add(cell(metric.label()));
        line.addAll(sample(sample));
        line.addAll(List.of(cell(sample.map(Sample::size).orElse(0)), cell(row.planned()),
                cell(String.join("; ", row.missing().values()))));
        return line;
    }

    private static List<JsonNode> sample(Optional<Sample> sample) {
        Optional<Interval> interval = sample.flatMap(Sample::interval);
        return List.of(cell(sample.map(Sample::mean).orElse(Double.NaN)),
                cell(sample.map(Sample::deviation).orElse(OptionalDouble.empty())),
                cell(interval.map(Interval::lower).orElse(Double.NaN)),
                cell(interval.map(Interval::upper).orElse(Double.NaN)));
    }

    /** Every pair of methods at every point. */
    Table differences() {
        return new Table("differences", columns(List.of("method", "reference"), List.of("metric", "mean",
                "standardDeviation", "lower", "upper", "seeds", "excludesZero", "better", "seedNumbers",
                "seedDifferences")), differences.stream().map(difference -> {
                    List<JsonNode> line = new ArrayList<>(List.of(cell(difference.method()),
                            cell(difference.reference())));
                    point(line, difference.point());
                    line.add(cell(difference.metric().label()));
                    line.addAll(sample(Optional.of(difference.sample())));
                    line.addAll(List.of(cell(difference.sample().size()),
                            cell(difference.sample().interval().map(Interval::excludesZero).map(String::valueOf)
                                    .orElse("")),
                            cell(difference.better().orElse("")), Cells.longs(difference.bySeed().keySet()),
                            Cells.doubles(difference.bySeed().values())));
                    return line;
                }).toList());
    }

    /** How the emulator follows the full model on held-out public text, over its versions. */
    Table alignment() {
        return new Table("alignment", columns(CELL, List.of("emulatorVersion", "adapterVersion", "round", "steps",
                "l2Before", "l2After", "klBefore", "klAfter", "lossBefore", "lossAfter")),
                lines(outcome -> outcome.run().alignments().stream().map(ResultTables::alignment)));
    }

    private static List<JsonNode> alignment(AlignmentPicture done) {
        return List.of(cell(done.emulatorVersion()), cell(done.adapterVersion()), cell(done.round()),
                cell(done.steps()), cell(done.before().l2()), cell(done.after().l2()), cell(done.before().kl()),
                cell(done.after().kl()), cell(done.before().loss()), cell(done.after().loss()));
    }

    /** Bytes of all clients, and the models' scores where they were evaluated. */
    Table rounds() {
        List<String> own = new ArrayList<>(List.of("round", "trainingLoss", "updates", "bytesUp", "bytesDown"));
        MODEL_LABELS.forEach(model -> own.addAll(List.of(model + "Nll", model + "ExactMatch")));
        return new Table("rounds", columns(CELL, own),
                lines(outcome -> outcome.run().rounds().stream().map(round -> round(outcome, round))));
    }

    private static List<JsonNode> round(CellOutcome outcome, RoundPicture round) {
        List<JsonNode> line = new ArrayList<>(List.of(cell(round.number()), cell(round.trainingLoss()),
                cell(round.accepted()), cell(round.traffic().up()), cell(round.traffic().down())));
        Optional<EvaluationPicture> evaluated = outcome.run().evaluations().stream()
                .filter(done -> done.adapterVersion() == round.newAdapterVersion()).findFirst();
        for (EvaluatedModel model : MODELS) {
            Optional<Score> score = evaluated.flatMap(done -> done.score(model));
            line.add(cell(score.map(Score::nll).orElse(Double.NaN)));
            line.add(cell(score.map(Score::exactMatch).orElse(OptionalDouble.empty())));
        }
        return line;
    }

    /** Bytes of each client in each round. */
    Table clients() {
        return new Table("clients", columns(CELL, List.of("round", "client", "verdict", "meanLoss", "bytesUp",
                "bytesDown")), lines(outcome -> outcome.run().rounds().stream()
                .flatMap(round -> round.clients().stream().map(client -> client(round.number(), client)))));
    }

    private static List<JsonNode> client(int round, ClientRoundPicture client) {
        List<JsonNode> line = new ArrayList<>(List.of(cell(round), cell(client.clientId()),
                cell(client.verdict().name()), cell(client.update().map(update -> update.meanLoss())
                        .orElse(Double.NaN))));
        client.report().ifPresentOrElse(
                report -> line.addAll(List.of(cell(report.bytesUp()), cell(report.bytesDown()))),
                () -> line.addAll(List.of(none(), none())));
        return line;
    }

    /** Lines of a cell's own, each after what the cell is. */
    private List<List<JsonNode>> lines(Function<CellOutcome, Stream<List<JsonNode>>> own) {
        return grid.entries().stream().flatMap(entry -> entry.outcome().stream()
                .flatMap(own).map(line -> {
                    List<JsonNode> whole = row(entry);
                    whole.addAll(line);
                    return whole;
                })).toList();
    }

    private List<JsonNode> row(Grid.Entry entry) {
        List<JsonNode> line = new ArrayList<>(List.of(cell(entry.cell().id()), cell(entry.cell().method()),
                cell(entry.cell().seed()), cell(entry.cell().part())));
        point(line, entry.point());
        return line;
    }

    private void point(List<JsonNode> line, Point point) {
        keys.forEach(key -> line.add(cell(point.value(key))));
    }

    private List<String> columns(List<String> before, List<String> after) {
        List<String> columns = new ArrayList<>(before);
        columns.addAll(keys);
        columns.addAll(after);
        return columns;
    }
}
