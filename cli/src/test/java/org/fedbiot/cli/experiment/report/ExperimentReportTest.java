package org.fedbiot.cli.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.fedbiot.cli.experiment.Cell;
import org.fedbiot.cli.experiment.CellResult;
import org.fedbiot.cli.figure.Plot;
import org.fedbiot.cli.table.Cells;
import org.fedbiot.cli.table.Table;
import org.fedbiot.schemas.event.EvaluatedModel;
import org.fedbiot.schemas.event.RunOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** One instance for all tests: none changes the report. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExperimentReportTest {

    private static final Map<String, String> LOW = Map.of("split.dropRate", "0.2");
    private static final Map<String, String> HIGH = Map.of("split.dropRate", "0.5");
    private static final Map<String, String> FACTS = Map.of("budget", "client steps");

    /** Two methods at two points, three seeds; the last seed of no-alignment at the second point is missing. */
    private final List<CellResult> results = List.of(
            run("fedbiot", LOW, 1, 2.0), run("fedbiot", LOW, 2, 2.5), run("fedbiot", LOW, 3, 4.5),
            run("no-alignment", LOW, 1, 2.25), run("no-alignment", LOW, 2, 3.0), run("no-alignment", LOW, 3, 5.25),
            run("fedbiot", HIGH, 1, 3.0), run("fedbiot", HIGH, 2, 3.0), run("fedbiot", HIGH, 3, 9.0),
            run("no-alignment", HIGH, 1, 2.0), run("no-alignment", HIGH, 2, 4.0),
            MadeRun.missing("no-alignment", HIGH, 3, "out of time"));

    private final ExperimentReport report = ExperimentReport.of("toy", results, FACTS, List.of());

    private static CellResult run(String method, Map<String, String> point, long seed, double adapFuNll) {
        return MadeRun.of(method, point, seed).nll(EvaluatedModel.ADAP_FU, adapFuNll)
                .exactMatch(EvaluatedModel.ADAP_FU, 1 / adapFuNll).done();
    }

    @Test
    void shouldGiveMeanDeviationAndSeedsOfEveryRow() throws IOException {
        JsonNode low = summary("fedbiot", "0.2", "adapFuNll");

        assertThat(low.get("mean").asDouble()).as("(2 + 2.5 + 4.5) / 3").isEqualTo(3.0);
        assertThat(low.get("standardDeviation").asDouble()).as("root of (1 + 0.25 + 2.25) / 2")
                .isCloseTo(1.3228756555322954, within(1e-15));
        assertThat(low.get("seeds").asInt()).isEqualTo(3);
        assertThat(summary("fedbiot", "0.5", "adapFuNll").get("mean").asDouble()).isEqualTo(5.0);
    }

    @Test
    void shouldSayOfAMeanWhichSeedsItLacksAndWhy() throws IOException {
        JsonNode high = summary("no-alignment", "0.5", "adapFuNll");

        assertThat(high.get("mean").asDouble()).isEqualTo(3.0);
        assertThat(high.get("seeds").asInt()).isEqualTo(2);
        assertThat(high.get("plannedSeeds").asInt()).isEqualTo(3);
        assertThat(high.get("missing").asText()).contains("no-alignment-0.5-s3").contains("out of time");
        assertThat(json().get("cells")).filteredOn(cell -> cell.get("state").asText().equals("missing"))
                .singleElement().satisfies(cell -> {
                    assertThat(cell.get("problem").asText()).isEqualTo("out of time");
                    assertThat(cell.get("adapFuNll").isNull()).isTrue();
                });
        assertThat(json().get("findings")).anySatisfy(finding ->
                assertThat(finding.asText()).startsWith("1 of 12 cells"));
    }

    @Test
    void shouldPairSeedsForADifference() throws IOException {
        JsonNode low = difference("no-alignment", "fedbiot", "0.2", "adapFuNll");

        assertThat(low.get("seedNumbers")).extracting(JsonNode::asInt).containsExactly(1, 2, 3);
        assertThat(low.get("seedDifferences")).extracting(JsonNode::asDouble).containsExactly(0.25, 0.5, 0.75);
        assertThat(low.get("mean").asDouble()).isEqualTo(0.5);
        assertThat(low.get("standardDeviation").asDouble()).isCloseTo(0.25, within(1e-15));
        // given that all three draws are the least one, or the greatest, with a chance of 1 in 27 each, above 2.5 %
        assertThat(low.get("lower").asDouble()).isCloseTo(0.25, within(1e-15));
        assertThat(low.get("upper").asDouble()).isCloseTo(0.75, within(1e-15));
        assertThat(low.get("excludesZero").asText()).isEqualTo("true");
        assertThat(low.get("better").asText()).as("less NLL is better").isEqualTo("fedbiot");
        assertThat(difference("no-alignment", "fedbiot", "0.2", "adapFuExactMatch").get("better").asText())
                .as("more exact match is better").isEqualTo("fedbiot");
    }

    @Test
    void shouldPairOnlySeedsThatBothHave() throws IOException {
        JsonNode high = difference("no-alignment", "fedbiot", "0.5", "adapFuNll");

        assertThat(high.get("seedNumbers")).extracting(JsonNode::asInt).containsExactly(1, 2);
        assertThat(high.get("seedDifferences")).extracting(JsonNode::asDouble).containsExactly(-1.0, 1.0);
        assertThat(high.get("excludesZero").asText()).isEqualTo("false");
        assertThat(high.get("better").asText()).isEmpty();
    }

    @Test
    void shouldPairSeedsOfAMethodAlongAnAxis() throws IOException {
        JsonNode aligned = only(json().get("axes"), Map.of("method", "fedbiot", "metric", "adapFuNll"));

        assertThat(aligned.get("axis").asText()).isEqualTo("split.dropRate");
        assertThat(aligned.get("value").asText()).isEqualTo("0.5");
        assertThat(aligned.get("reference").asText()).isEqualTo("0.2");
        assertThat(aligned.get("seedDifferences")).extracting(JsonNode::asDouble).containsExactly(1.0, 0.5, 4.5);
        assertThat(only(json().get("axes"), Map.of("method", "no-alignment", "metric", "adapFuNll"))
                .get("seedNumbers")).as("seeds that both places have").extracting(JsonNode::asInt)
                .containsExactly(1, 2);
    }

    @Test
    void shouldTakeNoDifferenceAlongAnAxisBetweenPlacesThatDifferInTwoKeys() throws IOException {
        ExperimentReport two = ExperimentReport.of("two", List.of(
                run("fedbiot", Map.of("lora.rank", "2", "split.dropRate", "0.2"), 1, 2.0),
                run("fedbiot", Map.of("lora.rank", "4", "split.dropRate", "0.5"), 1, 3.0)), FACTS, List.of());

        assertThat(new ObjectMapper().readTree(two.files().get("report.json")).has("axes")).isFalse();
    }

    @Test
    void shouldGiveNoIntervalOfOneSeed() throws IOException {
        ExperimentReport one = ExperimentReport.of("one", List.of(run("fedbiot", LOW, 1, 2.0),
                run("fedot", LOW, 1, 3.0)), FACTS, List.of());

        JsonNode difference = new ObjectMapper().readTree(one.files().get("report.json")).get("differences").get(0);
        assertThat(difference.get("mean").asDouble()).isEqualTo(1.0);
        assertThat(difference.get("lower").isNull()).isTrue();
        assertThat(difference.get("excludesZero").asText()).isEmpty();
        assertThat(text(one, "report.json")).contains("one seed");
    }

    @Test
    void shouldTakeRawModelsFromTheReferencesCells() throws IOException {
        assertThat(summary("raw-full", "0.2", "adapFuNll").get("mean").asDouble()).isEqualTo(10.0);
        assertThat(summary("raw-compressed", "0.2", "adapEmuNll").get("mean").asDouble()).isEqualTo(11.0);
        assertThat(summary("raw-full", "0.2", "adapEmuNll").get("seeds").asInt()).isZero();
        assertThat(difference("raw-full", "fedbiot", "0.2", "adapFuNll").get("seedDifferences"))
                .extracting(JsonNode::asDouble).containsExactly(8.0, 7.5, 5.5);
    }

    @Test
    void shouldSayWhereCellsOfTheSameDataDisagreeAboutARawModel() {
        List<CellResult> other = new ArrayList<>(results);
        other.set(3, MadeRun.of("no-alignment", LOW, 1).nll(EvaluatedModel.RAW_FULL, 10.5).done());

        assertThat(Findings.of(Grid.of(other))).anySatisfy(finding -> assertThat(finding)
                .contains("RAW_FULL", "NLL 10.0 in fedbiot-0.2-s1", "NLL 10.5 in no-alignment-0.2-s1"));
        assertThat(Findings.of(Grid.of(results))).noneSatisfy(finding -> assertThat(finding).contains("RAW"));
    }

    @Test
    void shouldSayWhereTrainingCameToNothing() throws IOException {
        ExperimentReport diverged = ExperimentReport.of("diverged", List.of(run("fedbiot", LOW, 1, Double.NaN),
                run("fedbiot", LOW, 2, 2.0), run("fedot", LOW, 1, 2.0), run("fedot", LOW, 2, 2.5)), FACTS, List.of());

        JsonNode json = new ObjectMapper().readTree(diverged.files().get("report.json"));
        JsonNode mean = only(json.get("summary"), Map.of("method", "fedbiot", "metric", "adapFuNll"));
        assertThat(mean.get("mean").isNull()).isTrue();
        assertThat(mean.get("seeds").asInt()).isEqualTo(2);
        assertThat(only(json.get("differences"), Map.of("method", "fedot", "reference", "fedbiot", "metric",
                "adapFuNll")).get("better").asText()).isEmpty();
        assertThat(json.get("findings").toString()).contains("no finite loss in fedbiot-0.2-s1:");
        assertThat(text(diverged, "report.html")).contains("not finite");
    }

    @Test
    void shouldGiveARunThatStandsForSeveralPointsOneLineOfTimes() {
        CellResult ceiling = run("fedavg-full", LOW, 1, 1.0);
        Cell again = new Cell(ceiling.cell().id(), "fedavg-full", HIGH, 1, "", Map.of());

        ExperimentReport shared = ExperimentReport.of("shared", List.of(ceiling,
                new CellResult(again, ceiling.run(), "")), FACTS, List.of());

        assertThat(text(shared, "timings.csv").lines()).hasSize(2);
        assertThat(text(shared, "cells.csv").lines()).hasSize(3);
    }

    @Test
    void shouldGiveTheMeanOverClientsOfARowWithARunForEach() throws IOException {
        ExperimentReport parts = ExperimentReport.of("parts", List.of(
                MadeRun.of("local-only", Map.of(), 1, "anna").nll(EvaluatedModel.ADAP_FU, 1).done(),
                MadeRun.of("local-only", Map.of(), 1, "ben").nll(EvaluatedModel.ADAP_FU, 4).done(),
                MadeRun.of("local-only", Map.of(), 2, "anna").nll(EvaluatedModel.ADAP_FU, 1).done(),
                new CellResult(MadeRun.cell("local-only", Map.of(), 2, "ben"), Optional.empty(), "late")),
                FACTS, List.of());

        List<JsonNode> rows = new ArrayList<>();
        new ObjectMapper().readTree(parts.files().get("report.json")).get("summary").forEach(rows::add);
        JsonNode nll = rows.stream().filter(row -> row.get("metric").asText().equals("adapFuNll")).findFirst()
                .orElseThrow();
        assertThat(nll.get("mean").asDouble()).isEqualTo(2.5);
        assertThat(nll.get("seeds").asInt()).as("a seed without one of its parts is missing").isEqualTo(1);
        assertThat(nll.get("plannedSeeds").asInt()).isEqualTo(2);
        JsonNode steps = rows.stream().filter(row -> row.get("metric").asText().equals("clientSteps")).findFirst()
                .orElseThrow();
        assertThat(steps.get("mean").asDouble()).as("two runs of 2 clients, 2 rounds, 5 steps").isEqualTo(40);
    }

    @Test
    void shouldCountBytesStepsAndExposure() throws IOException {
        JsonNode cell = json().get("cells").get(0);

        assertThat(cell.get("bytesUp").asLong()).isEqualTo(2 * (300 + 301));
        assertThat(cell.get("bytesDown").asLong()).isEqualTo(2 * (700 + 702));
        assertThat(cell.get("bytesOnce").asLong()).isEqualTo(4_000);
        assertThat(cell.get("exposedShare").asDouble()).isEqualTo(0.6);
        assertThat(cell.get("clientSteps").asInt()).isEqualTo(2 * 2 * 5);
        assertThat(cell.get("serverSteps").asInt()).isEqualTo(55);
        assertThat(cell.get("l2").asDouble()).isEqualTo(0.5);
        assertThat(cell.get("kl").asDouble()).isEqualTo(0.25);
        assertThat(cell.get("adapFuExactMatchRecords").asInt()).isEqualTo(30);
    }

    @Test
    void shouldSayHowManyProgramsParse() throws IOException {
        // Given replies that are programs, of which no-alignment writes fewer that parse
        ExperimentReport code = ExperimentReport.of("code", List.of(program("fedbiot", 1, 0.75),
                program("fedbiot", 2, 0.5), program("no-alignment", 1, 0.5), program("no-alignment", 2, 0.375)),
                FACTS, List.of());

        // Then
        JsonNode json = new ObjectMapper().readTree(code.files().get("report.json"));
        JsonNode cell = json.get("cells").get(0);
        assertThat(cell.get("adapFuParses").asDouble()).isEqualTo(0.75);
        assertThat(cell.get("adapFuParsesRecords").asInt()).isEqualTo(20);
        assertThat(cell.get("rawFullParses").asDouble()).isEqualTo(0.125);
        assertThat(cell.get("adapEmuParses").isNull()).isTrue();
        assertThat(only(json.get("summary"), Map.of("method", "fedbiot", "metric", "adapFuParses")).get("mean")
                .asDouble()).isEqualTo(0.625);
        assertThat(only(json.get("summary"), Map.of("method", "raw-full", "metric", "adapFuParses")).get("mean")
                .asDouble()).isEqualTo(0.125);
        JsonNode difference = only(json.get("differences"), Map.of("method", "no-alignment", "reference", "fedbiot",
                "metric", "adapFuParses"));
        assertThat(difference.get("seedDifferences")).extracting(JsonNode::asDouble).containsExactly(-0.25, -0.125);
        assertThat(difference.get("better").asText()).as("more that parse is better").isEqualTo("fedbiot");
        assertThat(text(code, "report.html")).contains("AdapFu parses</th>", "programs checked</th>")
                .doesNotContain("AdapEmu parses</th>");
        assertThat(code.files()).containsKey("figures/adapFuParses-1.svg");
    }

    private static CellResult program(String method, long seed, double parses) {
        return MadeRun.of(method, LOW, seed).parses(EvaluatedModel.ADAP_FU, parses)
                .parses(EvaluatedModel.RAW_FULL, 0.125).done();
    }

    @Test
    void shouldHaveNoPlaceForProgramsWhereThereAreNone() {
        assertThat(Stream.of("cells.csv", "summary.csv", "differences.csv", "axes.csv", "report.json", "report.html")
                .map(file -> text(report, file))).noneMatch(text -> text.matches("(?is).*(parses|programs).*"));
    }

    @Test
    void shouldShowAlignmentRoundsAndClientsOfEveryCell() throws IOException {
        List<JsonNode> alignment = first(json().get("alignment"), 2);
        assertThat(alignment).extracting(row -> row.get("round").asInt()).containsExactly(0, 2);
        assertThat(alignment).extracting(row -> row.get("l2After").asDouble()).containsExactly(2.0, 0.5);
        assertThat(alignment).extracting(row -> row.get("klBefore").asDouble()).containsExactly(1.5, 1.5);

        List<JsonNode> rounds = first(json().get("rounds"), 2);
        assertThat(rounds).extracting(row -> row.get("bytesUp").asLong()).containsExactly(601L, 601L);
        assertThat(rounds.get(0).get("adapFuNll").isNull()).as("not evaluated").isTrue();
        assertThat(rounds.get(1).get("adapFuNll").asDouble()).isEqualTo(2.0);

        List<JsonNode> clients = first(json().get("clients"), 4);
        assertThat(clients).extracting(row -> row.get("client").asText())
                .containsExactly("anna", "ben", "anna", "ben");
        assertThat(clients).extracting(row -> row.get("bytesDown").asLong())
                .containsExactly(700L, 702L, 700L, 702L);
    }

    @Test
    void shouldKeepSecondsApart() throws IOException {
        JsonNode timing = new ObjectMapper().readTree(report.files().get("timings.json")).get(0);

        assertThat(timing.get("preAlign").asDouble()).as("one event a second").isEqualTo(1.0);
        assertThat(timing.get("compress").asDouble()).isEqualTo(3.5);
        assertThat(timing.get("align").asDouble()).isEqualTo(0.7);
        assertThat(timing.get("train").asDouble()).isEqualTo(2 * 2 * 0.25);
        assertThat(timing.get("rounds").asDouble()).isEqualTo(2 * 5.0);
        assertThat(timing.get("aggregate").asDouble()).isEqualTo(2.0);
        assertThat(timing.get("evaluate").asDouble()).isEqualTo(0.8);
        assertThat(text(report, "timings.csv")).startsWith("cell,compress,preAlign,").contains("3.5,1.0,0.7");
    }

    @Test
    void shouldTakeARunThatDidNotCompleteForMissing() throws IOException {
        ExperimentReport failed = ExperimentReport.of("failed", List.of(MadeRun.of("fedot", LOW, 1)
                .ended(RunOutcome.FAILED).done()), FACTS, List.of());

        JsonNode cell = new ObjectMapper().readTree(failed.files().get("report.json")).get("cells").get(0);
        assertThat(cell.get("state").asText()).isEqualTo("missing");
        assertThat(cell.get("problem").asText()).isEqualTo("the run ended FAILED: as planned");
    }

    @Test
    void shouldGiveTheSameBytesWhateverTheOrderOfCellsAndTopicsAndWherever() {
        List<CellResult> byTopic = new ArrayList<>(results);
        byTopic.set(0, MadeRun.of("fedbiot", LOW, 1).nll(EvaluatedModel.ADAP_FU, 2.0)
                .exactMatch(EvaluatedModel.ADAP_FU, 0.5).doneByTopic());
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        ExperimentReport again;
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
            again = ExperimentReport.of("toy", MadeRun.shuffled(byTopic), FACTS, List.of());
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }

        assertThat(again.files().keySet()).isEqualTo(report.files().keySet());
        report.files().forEach((name, bytes) -> assertThat(again.files().get(name)).as(name).isEqualTo(bytes));
    }

    @Test
    void shouldWriteAllFiles(@TempDir Path directory) throws IOException {
        report.write(directory.resolve("report"));

        try (Stream<Path> files = Files.walk(directory.resolve("report"))) {
            assertThat(files.filter(Files::isRegularFile).map(file -> directory.resolve("report").relativize(file)
                    .toString())).containsExactlyInAnyOrderElementsOf(report.files().keySet());
        }
        assertThat(Files.readAllBytes(directory.resolve("report/cells.csv"))).isEqualTo(report.files()
                .get("cells.csv"));
    }

    @Test
    void shouldReplaceAnEarlierReportsFigures(@TempDir Path directory) throws IOException {
        report.write(directory);
        ExperimentReport later = ExperimentReport.of("later", List.of(run("fedbiot", LOW, 1, 2.0)), FACTS, List.of());

        later.write(directory);

        try (Stream<Path> figures = Files.list(directory.resolve("figures"))) {
            assertThat(figures.map(figure -> "figures/" + figure.getFileName())).isNotEmpty()
                    .containsExactlyInAnyOrderElementsOf(later.files().keySet().stream()
                            .filter(file -> file.startsWith("figures/")).toList());
        }
        assertThat(later.files()).hasSizeLessThan(report.files().size());
    }

    @Test
    void shouldShowTablesThenFiguresOnAPageThatNeedsNothingElse() throws Exception {
        String page = text(report, "report.html");

        Element html = parsed(page.replaceFirst("<!DOCTYPE html>", "").replaceAll("<meta[^>]*>", ""));
        assertThat(html.getTagName()).isEqualTo("html");
        assertThat(page).doesNotContain("<script", "<img", "@import", "href=").contains("prefers-color-scheme: dark");
        assertThat(page.replaceAll("http://www.w3.org/\\w+/(svg|xlink)", "")).doesNotContain("http:", "https:");
        assertThat(page).contains("client steps", "Methods at split.dropRate 0.2", "out of time",
                "yes, fedbiot is better", "1: 0.25, 2: 0.5, 3: 0.75", "3\u00a0±\u00a01.3 [2,\u00a04.5]", "2 of 3");
        assertThat(page).as("nobody generated with the emulator").doesNotContain("AdapEmu exact match</th>");
        assertThat(page.indexOf("Methods at split.dropRate 0.5")).isPositive().isLessThan(page.indexOf("<svg"));
        List<String> ids = ids(page);
        assertThat(ids).isNotEmpty().doesNotHaveDuplicates();
    }

    @Test
    void shouldDrawEveryFigureAsAFileThatIsOnThePageToo() throws Exception {
        String page = text(report, "report.html");
        List<String> figures = report.files().keySet().stream().filter(file -> file.startsWith("figures/")).toList();

        assertThat(figures).contains("figures/adapFuNll-1.svg", "figures/adapFuNll-difference-2.svg",
                "figures/adapFuNll-over-split.dropRate-1.svg", "figures/l2-1.svg", "figures/kl-2.svg",
                "figures/l2-points.svg");
        for (String figure : figures) {
            String svg = text(report, figure);
            assertThat(parsed(svg).getTagName()).isEqualTo("svg");
            assertThat(page).contains(svg);
        }
    }

    @Test
    void shouldHaveRoomForOthersSections() throws IOException {
        Table costs = new Table("costs", List.of("method", "flops"), List.of(List.of(Cells.cell("fedbiot"),
                Cells.cell(12))));
        Plot plot = new Plot.Lines("time-to-loss", "Time to a loss", new Plot.Axis("bit/s", Plot.Scale.LOGARITHMIC),
                new Plot.Axis("hours", Plot.Scale.LINEAR), List.of(new Plot.Line("fedbiot", List.of(
                        new Plot.Mark(1e7, Plot.Value.of(3)), new Plot.Mark(1e9, Plot.Value.of(1))))));

        ExperimentReport with = ExperimentReport.of("toy", results, FACTS, List.of(new Section("What it costs",
                "by arithmetic", costs, Optional.of(plot))));

        assertThat(text(with, "costs.csv")).isEqualTo("method,flops\r\nfedbiot,12\r\n");
        assertThat(new ObjectMapper().readTree(with.files().get("report.json")).at("/costs/0/flops").asInt())
                .isEqualTo(12);
        assertThat(text(with, "report.html")).contains("What it costs", "by arithmetic",
                text(with, "figures/time-to-loss.svg"));
    }

    private static List<String> ids(String page) {
        return Pattern.compile(" id=\"([^\"]+)\"").matcher(page).results().map(id -> id.group(1)).toList();
    }

    private static Element parsed(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8))).getDocumentElement();
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(report.files().get("report.json"));
    }

    private JsonNode summary(String method, String dropRate, String metric) throws IOException {
        return only(json().get("summary"), Map.of("method", method, "split.dropRate", dropRate, "metric", metric));
    }

    private JsonNode difference(String method, String reference, String dropRate, String metric) throws IOException {
        return only(json().get("differences"), Map.of("method", method, "reference", reference, "split.dropRate",
                dropRate, "metric", metric));
    }

    private static JsonNode only(JsonNode rows, Map<String, String> names) {
        List<JsonNode> found = new ArrayList<>();
        rows.forEach(row -> {
            if (names.entrySet().stream().allMatch(name -> row.get(name.getKey()).asText().equals(name.getValue()))) {
                found.add(row);
            }
        });
        assertThat(found).as(names.toString()).hasSize(1);
        return found.get(0);
    }

    private static List<JsonNode> first(JsonNode rows, int count) {
        List<JsonNode> first = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            first.add(rows.get(i));
        }
        return first;
    }

    private static String text(ExperimentReport report, String file) {
        return new String(report.files().get(file), StandardCharsets.UTF_8);
    }
}
