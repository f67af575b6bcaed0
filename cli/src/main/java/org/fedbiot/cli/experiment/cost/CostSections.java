package org.fedbiot.cli.experiment.cost;

import static org.fedbiot.cli.table.Cells.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.fedbiot.cli.experiment.Cell;
import org.fedbiot.cli.experiment.CellResult;
import org.fedbiot.cli.experiment.Method;
import org.fedbiot.cli.experiment.report.Section;
import org.fedbiot.cli.table.Table;
import org.fedbiot.learning.model.LlamaConfig;

/**
 * What an experiment's rows cost, and how long they would have taken over slower links. A function of the plan and of
 * the logs; the names of tables and columns are public.
 */
public final class CostSections {

    private static final String REFERENCE = Method.FEDBIOT.label();

    private static final String COSTS_NOTE = "FLOPs and bytes by arithmetic, as if every call were answered; all"
            + " clients, and all runs of a row that has one per client; the mean over seeds. flopsMethod is without"
            + " flopsEvaluate. The last three columns are shares of what fedbiot spends at the same point: the budget"
            + " that is held equal stands at 1 but for whole steps or rounds.";

    private final List<Cell> planned;
    private final List<PricedCell> cells;
    private final List<String> keys;

    private CostSections(List<Cell> planned, List<PricedCell> cells) {
        this.planned = planned;
        this.cells = cells;
        Set<String> all = new LinkedHashSet<>();
        cells.forEach(cell -> all.addAll(cell.cell().point().keySet()));
        this.keys = List.copyOf(all);
    }

    /**
     * @param results of all cells, in the plan's order
     * @param config shape of the full model
     * @param texts what a cell trains and is measured on
     */
    public static List<Section> of(List<CellResult> results, LlamaConfig config, Function<Cell, Texts> texts) {
        CostSections costs = new CostSections(results.stream().map(CellResult::cell).toList(), results.stream()
                .map(result -> PricedCell.of(result, config, texts)).flatMap(Optional::stream).toList());
        LinkTable links = new LinkTable(costs.cells, costs.keys);
        return List.of(new Section("Costs", COSTS_NOTE, costs.costs(), Optional.empty()),
                new Section("Links", LinkTable.NOTE, links.table(), links.plot()));
    }

    private Table costs() {
        List<String> columns = new ArrayList<>(List.of("method"));
        columns.addAll(keys);
        columns.addAll(List.of("clientSteps", "flopsCompress", "flopsRealign", "flopsTrain", "flopsEvaluate",
                "flopsMethod", "bytesOnce", "bytesDown", "bytesUp", "bytes", "clientStepsShare", "flopsShare",
                "bytesShare"));
        Map<Map<String, String>, Map<String, RowCost>> rows = rows();
        List<List<JsonNode>> lines = new ArrayList<>();
        rows.forEach((point, methods) -> methods.forEach((method, row) -> {
            List<JsonNode> line = new ArrayList<>(List.of(cell(method)));
            keys.forEach(key -> line.add(cell(point.getOrDefault(key, ""))));
            line.addAll(row.numbers());
            line.addAll(row.shares(Optional.ofNullable(methods.get(REFERENCE))));
            lines.add(line);
        }));
        return new Table("costs", columns, lines);
    }

    private Map<Map<String, String>, Map<String, RowCost>> rows() {
        Map<Map<String, String>, Map<String, RowCost>> rows = new LinkedHashMap<>();
        for (PricedCell priced : cells) {
            rows.computeIfAbsent(priced.cell().point(), point -> new LinkedHashMap<>())
                    .computeIfAbsent(priced.cell().method(), method -> new RowCost(parts(priced.cell()))).add(priced);
        }
        return rows;
    }

    /** Runs that make up a cell's row, finished or not. */
    private long parts(Cell cell) {
        return planned.stream().filter(other -> other.method().equals(cell.method())
                && other.point().equals(cell.point())).map(Cell::part).distinct().count();
    }

    /** Finished cells of a row. Not thread-safe. */
    private static final class RowCost {

        private final List<PricedRun> runs = new ArrayList<>();
        private final long parts;

        RowCost(long parts) {
            this.parts = parts;
        }

        void add(PricedCell priced) {
            runs.add(priced.run());
        }

        /** A run's mean, times the runs that make up the row. */
        private double of(ToDoubleFunction<PricedRun> cost) {
            double sum = 0;
            for (PricedRun run : runs) {
                sum += cost.applyAsDouble(run);
            }
            return sum / runs.size() * parts;
        }

        List<JsonNode> numbers() {
            return List.of(cell(of(PricedRun::clientSteps)), cell(of(run -> run.flops().compress())),
                    cell(of(run -> run.flops().realign())), cell(of(run -> run.flops().train())),
                    cell(of(run -> run.flops().evaluate())), cell(of(run -> run.flops().method())),
                    cell(of(run -> run.bytes().once())), cell(of(run -> run.bytes().down())),
                    cell(of(run -> run.bytes().up())), cell(of(run -> run.bytes().total())));
        }

        List<JsonNode> shares(Optional<RowCost> reference) {
            return List.of(share(reference, PricedRun::clientSteps), share(reference, run -> run.flops().method()),
                    share(reference, run -> run.bytes().total()));
        }

        private JsonNode share(Optional<RowCost> reference, ToDoubleFunction<PricedRun> cost) {
            return cell(reference.map(row -> of(cost) / row.of(cost)).orElse(Double.NaN));
        }
    }
}
