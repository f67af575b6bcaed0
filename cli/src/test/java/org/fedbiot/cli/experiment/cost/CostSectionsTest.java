package org.fedbiot.cli.experiment.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.experiment.Cell;
import org.fedbiot.cli.experiment.CellResult;
import org.fedbiot.cli.experiment.report.Section;
import org.fedbiot.cli.figure.Plot;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.cli.table.Table;
import org.fedbiot.schemas.event.FederationSettings;
import org.fedbiot.schemas.event.Link;
import org.fedbiot.schemas.event.LinkSettings;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

class CostSectionsTest {

    private static final Map<String, String> POINT = Map.of("split.dropRate", "0.2");

    private final RunSpec fedbiot = CostSpecs.fedbiot();
    private final RunSpec full = RunSpec.newBuilder(CostSpecs.withoutAlignment(fedbiot))
            .setSplit(CostSpecs.split(0, 2, 0, 1, 2, 3)).build();
    private final RunSpec alone = CostSpecs.with(fedbiot,
            FederationSettings.newBuilder(fedbiot.getFederation()).setClients(List.of("anna")).setQuorum(1));

    @Test
    void shouldSayWhatEachRowCostsAndWhatShareOfTheReferencesThatIs() {
        // When
        Table costs = sections().get(0).table();

        // Then
        RunFlops flops = RunFlops.of(fedbiot, CostSpecs.CONFIG, CostSpecs.TEXTS);
        RunFlops fullFlops = RunFlops.of(full, CostSpecs.CONFIG, CostSpecs.TEXTS);
        assertThat(costs.columns()).startsWith("method", "split.dropRate", "clientSteps", "flopsCompress");
        assertThat(costs.rows()).extracting(row -> row.get(0).asText())
                .containsExactly("fedbiot", "fedavg-full", "local-only");
        assertThat(number(costs, 0, "clientSteps")).isEqualTo(90);
        assertThat(number(costs, 0, "flopsRealign")).isEqualTo(flops.realign());
        assertThat(number(costs, 0, "flopsShare")).isEqualTo(1);
        assertThat(number(costs, 1, "flopsShare")).isCloseTo(fullFlops.method() / flops.method(), within(1e-12));
        assertThat(number(costs, 1, "bytes")).isEqualTo(RunBytes.of(full, CostSpecs.CONFIG).total());
        // Two runs of one client each
        assertThat(number(costs, 2, "clientSteps")).isEqualTo(60);
        assertThat(number(costs, 2, "clientStepsShare")).isCloseTo(60 / 90.0, within(1e-12));
    }

    @Test
    void shouldTurnBytesIntoTimeAndCompareAtTheScoreThatTheReferenceEndsWith() {
        // When
        Section links = sections().get(1);
        Table table = links.table();

        // Then: fedbiot and the ceiling reach 1.5 with round 2, in logs that are alike; runs of one client are left out
        assertThat(table.rows()).hasSize(9);
        assertThat(table.rows()).extracting(row -> row.get(0).asText() + " " + row.get(2).asText())
                .startsWith("fedbiot 10000000", "fedbiot 100000000", "fedbiot 1000000000", "fedavg-full 10000000")
                .endsWith("all-weights (computed) 1000000000");
        for (int row = 0; row < 9; row++) {
            assertThat(number(table, row, "seeds")).isEqualTo(2);
            assertThat(number(table, row, "targetNll")).isEqualTo(1.5);
            assertThat(number(table, row, "reachedTarget")).isEqualTo(2);
            assertThat(number(table, row, "hoursToTarget")).isPositive();
        }
        PricedRun run = new PricedRun(fedbiot, CostSpecs.CONFIG, CostSpecs.TEXTS);
        Timeline slow = SimulatedTime.of(run, new LinkClock(LinkSettings.newBuilder()
                .setEvery(Link.newBuilder().build()).build()).at(10_000_000),
                Exchange.FACTORS, CostLogs.twoRounds());
        assertThat(number(table, 0, "hoursToTarget")).isCloseTo(slow.seconds() / 3_600, within(1e-12));
        assertThat(number(table, 0, "roundsPerHour")).isCloseTo(slow.roundsPerHour().orElseThrow(), within(1e-6));
        Plot.Lines plot = (Plot.Lines) links.plot().orElseThrow();
        assertThat(plot.title()).endsWith("at split.dropRate 0.2");
        assertThat(plot.lines()).extracting(Plot.Line::label)
                .containsExactly("fedbiot", "fedavg-full", "all-weights (computed)");
        assertThat(plot.lines()).allSatisfy(line -> assertThat(line.marks()).hasSize(3));
    }

    @Test
    void shouldReckonARowOfOneRunPerClientWholeWhereOneOfThemIsMissing() {
        // Given
        List<CellResult> results = List.of(result(cell("local-only", 1, "anna"), alone),
                new CellResult(cell("local-only", 1, "ben"), Optional.empty(), "not run yet"));

        // When
        Table costs = CostSections.of(results, CostSpecs.CONFIG, cell -> CostSpecs.TEXTS).get(0).table();

        // Then
        assertThat(number(costs, 0, "clientSteps")).isEqualTo(60);
    }

    @Test
    void shouldLeaveOutWhatHasNoRun() {
        // Given
        CellResult missing = new CellResult(cell("fedbiot", 1, ""), Optional.empty(), "no time left");

        // When
        List<Section> sections = CostSections.of(List.of(missing), CostSpecs.CONFIG, cell -> CostSpecs.TEXTS);

        // Then
        assertThat(sections).allSatisfy(section -> {
            assertThat(section.table().rows()).isEmpty();
            assertThat(section.plot()).isEmpty();
        });
    }

    private List<Section> sections() {
        List<CellResult> results = new ArrayList<>();
        for (long seed = 1; seed <= 2; seed++) {
            results.add(result(cell("fedbiot", seed, ""), fedbiot));
            results.add(result(cell("fedavg-full", seed, ""), full));
            results.add(result(cell("local-only", seed, "anna"), alone));
            results.add(result(cell("local-only", seed, "ben"), alone));
        }
        return CostSections.of(results, CostSpecs.CONFIG, cell -> CostSpecs.TEXTS);
    }

    private static Cell cell(String method, long seed, String part) {
        return new Cell(method + part + seed, method, POINT, seed, part, Map.of());
    }

    private static CellResult result(Cell cell, RunSpec spec) {
        RunRecord record = new RunRecord("run");
        List<SpecificRecord> log = new ArrayList<>(List.of(new RunAccepted("run", spec, List.of(), 0.5)));
        log.addAll(CostLogs.twoRounds());
        for (int offset = 0; offset < log.size(); offset++) {
            record.add(new RunRecord.Entry(Topics.DECISION.name(), 0, offset, 1_000L * offset, log.get(offset)));
        }
        return new CellResult(cell, Optional.of(record), "");
    }

    private static double number(Table table, int row, String column) {
        JsonNode cell = table.rows().get(row).get(table.columns().indexOf(column));
        assertThat(cell.isNumber()).as(column).isTrue();
        return cell.doubleValue();
    }
}
