package org.fedbiot.cli.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** docs/experiments.md explains lines of reports that lie beside it. */
class ReportExamplesTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern EXAMPLE =
            Pattern.compile("\\((reports/[^)]+\\.csv)\\)[^|]*\\|(.+)\\|\n *\\|[-|]+\\|\n *\\|(.+)\\|\n");

    @Test
    void shouldExplainLinesThatTheReportsHave() throws IOException {
        List<MatchResult> examples = EXAMPLE.matcher(Files.readString(DOCS.resolve("experiments.md"))).results()
                .toList();

        assertThat(examples).extracting(example -> Path.of(example.group(1)).getFileName().toString())
                .containsExactly("summary.csv", "differences.csv", "axes.csv");
        for (MatchResult example : examples) {
            List<String> columns = cells(example.group(2), "\\|");
            List<String> line = cells(example.group(3), "\\|");
            List<List<String>> report = Files.readAllLines(DOCS.resolve(example.group(1))).stream()
                    .map(row -> cells(row, ",")).toList();
            assertThat(report.get(0)).containsAll(columns);
            assertThat(report.subList(1, report.size())).as(example.group(1)).anySatisfy(row ->
                    assertThat(line).isEqualTo(IntStream.range(0, columns.size()).mapToObj(column ->
                            rounded(row.get(report.get(0).indexOf(columns.get(column))), line.get(column))).toList()));
        }
    }

    /** To as many decimals as the documentation has. */
    private static String rounded(String cell, String shown) {
        return shown.matches("-?\\d+\\.\\d+") && cell.matches("-?\\d+\\.\\d+(E-?\\d+)?")
                ? new BigDecimal(cell).setScale(new BigDecimal(shown).scale(), RoundingMode.HALF_EVEN).toPlainString()
                : cell;
    }

    private static List<String> cells(String line, String separator) {
        return Arrays.stream(line.split(separator, -1)).map(String::strip).toList();
    }
}
