package org.fedbiot.cli.runreport;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.fedbiot.cli.table.Table;
import org.fedbiot.observer.RunPicture;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class RunReportTest {

    private final RunPicture picture = ShortRun.whole().picture();
    private final RunReport report = RunReport.of(picture);

    @Test
    void shouldGiveTheSameBytesInAnotherLocaleAndTimeZoneAndOrderOfTopics() {
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        RunReport again;
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
            again = RunReport.of(ShortRun.whole().pictureByTopic());
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }

        assertThat(again.files()).hasSameSizeAs(report.files());
        report.files().forEach((name, bytes) -> assertThat(again.files().get(name)).as(name).isEqualTo(bytes));
    }

    @Test
    void shouldWriteTheNumbersOfTheLog() throws IOException {
        JsonNode json = json(report);

        assertThat(json.at("/outcome/outcome").asText()).isEqualTo("COMPLETED");
        assertThat(json.at("/outcome/exposedShare").asDouble()).isEqualTo(0.75);
        assertThat(json.at("/outcome/bytesUp").asLong()).isEqualTo(2 * 300);
        assertThat(json.at("/outcome/wholeLayersUp").asLong()).isEqualTo(picture.traffic().wholeUp()).isPositive();
        assertThat(json.at("/settings/rounds").asInt()).isEqualTo(2);
        assertThat(json.at("/rounds/0/trainingLoss").asDouble()).isEqualTo(ShortRun.LOSS);
        assertThat(json.at("/rounds/1/trainingLoss").asDouble()).isEqualTo(0.125);
        assertThat(json.at("/alignments/1/lossAfter").asDouble()).isEqualTo(0.5);
        assertThat(json.get("evaluations")).extracting(score -> score.get("nll").asDouble())
                .containsExactly(3.25, 4.0, 2.5, 2.25);
        assertThat(json.at("/evaluations/0/exactMatch").isNull()).as("nothing was generated").isTrue();
        assertThat(json.at("/evaluations/0/parses").isNull()).as("no program was checked").isTrue();
        assertThat(json.at("/evaluations/3/parses").asDouble()).isEqualTo(0.75);
        assertThat(json.at("/evaluations/3/parsesRecords").asInt()).isEqualTo(4);
        assertThat(json.get("tasks")).extracting(task -> task.get("millis").asLong()).as("an event a second")
                .containsExactly(1_000L, 1_000L, 1_000L);
        assertThat(json.get("rejected")).extracting(refused -> refused.get("client").asText())
                .containsOnly(ShortRun.HOSTILE);
        assertThat(json.get("rejected")).as("by reason, of each the newest").extracting(refused ->
                refused.get("reason").asText() + " " + refused.get("detail").asText() + " " + refused.get("count"))
                .containsExactly("BAD_SIGNATURE two 2", "NORM_EXCEEDED " + ShortRun.DETAIL + " 1");
        assertThat(json.get("clients")).filteredOn(client -> client.get("round").asInt() == 1)
                .extracting(client -> client.get("verdict").asText()).containsExactly("REJECTED", "COUNTED");
    }

    @Test
    void shouldHaveInEveryCsvWhatTheJsonHas() throws IOException {
        JsonNode json = json(report);

        for (Table table : RunTables.of(picture).all()) {
            List<List<String>> csv = parsed(text(report, table.name() + ".csv"));
            JsonNode part = json.get(table.name());
            assertThat(csv.get(0)).isEqualTo(table.columns());
            assertThat(part.size()).as(table.name()).isEqualTo(csv.size() - 1);
            for (int row = 1; row < csv.size(); row++) {
                for (int column = 0; column < table.columns().size(); column++) {
                    String cell = csv.get(row).get(column);
                    if (part.isArray()) {
                        assertSame(part.get(row - 1).get(table.columns().get(column)), cell);
                    } else if (column == 1) {
                        assertSame(part.get(csv.get(row).get(0)), cell);
                    }
                }
            }
        }
    }

    private static void assertSame(JsonNode json, String csv) {
        if (json.isNumber()) {
            assertThat(Double.parseDouble(csv)).isEqualTo(json.asDouble());
        } else if (json.isArray()) {
            List<String> items = new ArrayList<>();
            json.forEach(item -> items.add(item.asText()));
            assertThat(csv).isEqualTo(String.join(" ", items));
        } else {
            assertThat(csv).isEqualTo(json.isNull() ? "" : json.asText());
        }
    }

    @Test
    void shouldEscapeWhatStrangersWrite() {
        String html = text(report, "report.html");

        assertThat(html).doesNotContain("<script", "<img", "\u0000", "</title><")
                .contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;")
                .contains("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;\ufffd");
    }

    @Test
    void shouldNameNothingOutsideThePage() {
        String html = text(report, "report.html")
                .replaceAll("xmlns(:xlink)?=\"http://www.w3.org/\\w+/(svg|xlink)\"", "")
                .replaceAll("url\\(#[a-z]+-\\d+\\)", "");

        assertThat(html).doesNotContain("http:", "https:", "url(", "src=\"", "href=", "@import")
                .contains("prefers-color-scheme: dark", "default-src 'none'");
    }

    @Test
    void shouldDrawEveryFigureAsWellFormedXmlWithAPointForEachNumber() throws Exception {
        List<Element> figures = new ArrayList<>();
        for (MatchResult svg : Pattern.compile("(?s)<svg .*?</svg>").matcher(text(report, "report.html")).results()
                .toList()) {
            figures.add(DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(
                    svg.group().getBytes(StandardCharsets.UTF_8))).getDocumentElement());
        }

        assertThat(figures).extracting(RunReportTest::marks)
                .as("losses of two rounds, two alignments before and after, four models, bytes of two rounds: of"
                        + " whole layers down only those of adapter 1; and one of each line in the legend")
                .containsExactly(2L + 1, 4L + 2, 4L + 4, 7L + 4);
        assertThat(figures).extracting(svg -> svg.getAttribute("aria-label")).doesNotContain("").hasSize(4);
    }

    /** Marks of values have their colours in hexadecimal, lines do not. */
    private static long marks(Element svg) {
        NodeList all = svg.getElementsByTagName("*");
        return IntStream.range(0, all.getLength()).mapToObj(index -> (Element) all.item(index))
                .filter(element -> element.getAttribute("stroke").startsWith("#")).count();
    }

    @Test
    void shouldReportARunOfWhichNothingHasHappenedYet() throws IOException {
        RunReport early = RunReport.of(ShortRun.submitted().picture());

        assertThat(json(early).at("/outcome/phase").asText()).isEqualTo("SUBMITTED");
        assertThat(json(early).at("/outcome/outcome").isNull()).isTrue();
        assertThat(text(early, "report.html")).contains("Nothing in the log.").doesNotContain("<svg");
    }

    private static String text(RunReport report, String name) {
        return new String(report.files().get(name), StandardCharsets.UTF_8);
    }

    private static JsonNode json(RunReport report) throws IOException {
        return new ObjectMapper().readTree(report.files().get("report.json"));
    }

    /** Reads RFC 4180. */
    private static List<List<String>> parsed(String csv) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        Pattern pattern = Pattern.compile("(?:\"((?:[^\"]|\"\")*)\"|([^,\"\r\n]*))(,|\r\n)");
        for (MatchResult cell : pattern.matcher(csv).results().toList()) {
            row.add(cell.group(1) == null ? cell.group(2) : cell.group(1).replace("\"\"", "\""));
            if (!cell.group(3).equals(",")) {
                rows.add(row);
                row = new ArrayList<>();
            }
        }
        return rows;
    }
}
