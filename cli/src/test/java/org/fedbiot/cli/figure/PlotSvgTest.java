package org.fedbiot.cli.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.fedbiot.cli.figure.Plot.Axis;
import org.fedbiot.cli.figure.Plot.Dot;
import org.fedbiot.cli.figure.Plot.Dots;
import org.fedbiot.cli.figure.Plot.Line;
import org.fedbiot.cli.figure.Plot.Lines;
import org.fedbiot.cli.figure.Plot.Mark;
import org.fedbiot.cli.figure.Plot.Scale;
import org.fedbiot.cli.figure.Plot.Span;
import org.fedbiot.cli.figure.Plot.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PlotSvgTest {

    private static final String HOSTILE = "</text><script>alert('1')</script>&\"";

    /** The line's mark in the legend, the last of the drawing. */
    private static final int LEGEND = 1;

    @Test
    void shouldDrawTheSamePlotTheSame() {
        assertThat(svg(lines(false, 1, 2, 4))).isEqualTo(svg(lines(false, 1, 2, 4)))
                .isNotEqualTo(svg(lines(false, 1, 2, 5)));
    }

    @Test
    void shouldDrawMarksWhereTheirValuesAre() throws Exception {
        List<Element> circles = elements(svg(lines(false, 1, 2, 4)), "circle");

        List<Double> heights = heights(circles);
        assertThat(heights.get(0) - heights.get(1)).as("1 to 2").isPositive();
        assertThat(heights.get(1) - heights.get(2)).as("2 to 4 is twice as far")
                .isCloseTo(2 * (heights.get(0) - heights.get(1)), within(0.05));
    }

    @Test
    void shouldDrawALogarithmicAxis() throws Exception {
        List<Double> heights = heights(elements(svg(lines(true, 1, 10, 100)), "circle"));

        assertThat(heights.get(1) - heights.get(2)).isPositive()
                .isCloseTo(heights.get(0) - heights.get(1), within(0.05));
    }

    @Test
    void shouldHaveRoomForMarksAtTheEndsOfALogarithmicAxis() throws Exception {
        String svg = svg(lines(true, 1, 10, 1e6));

        double frame = elements(svg, "rect").stream().map(rect -> rect.getAttribute("height"))
                .filter(height -> height.matches("2\\d\\d(\\.\\d+)?")).mapToDouble(Double::parseDouble).findFirst()
                .orElseThrow();
        assertThat(heights(elements(svg, "circle")).subList(0, 3)).allSatisfy(y ->
                assertThat(y).isBetween(5.0, frame - 5));
    }

    @Test
    void shouldLeaveOutWhatCannotBeDrawn() throws Exception {
        assertThat(elements(svg(lines(true, 1, -1, 100)), "circle")).hasSize(2 + LEGEND);
        assertThat(elements(svg(lines(false, 1, Double.NaN, Double.POSITIVE_INFINITY)), "circle"))
                .hasSize(1 + LEGEND);
        assertThat(PlotSvg.of(lines(false, Double.NaN, Double.NEGATIVE_INFINITY))).isEmpty();
        assertThat(PlotSvg.of(new Dots("d", "t", "l", true, List.of(new Dot("a", Value.of(Double.NaN)))))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "3, 3", "-2, 7", "1e-300, 2e-300", "1e100, -1e100", "1e-300, 1e100", "5, 5.000000000000001", "4.9E-324, 0"})
    void shouldStayWithinItsFrameWhateverTheValues(double first, double second) throws Exception {
        assertThat(heights(elements(svg(lines(false, first, second)), "circle"))).hasSize(2 + LEGEND)
                .allSatisfy(y -> assertThat(y).isBetween(0.0, 360.0));
        if (first > 0 || second > 0) {
            assertThat(heights(elements(svg(lines(true, first, second)), "circle"))).isNotEmpty()
                    .allSatisfy(y -> assertThat(y).isBetween(0.0, 360.0));
        }
    }

    @Test
    void shouldHaveNoTickBetweenTwoRounds() throws Exception {
        assertThat(ticks(svg(lines(false, 1, 2, 4)))).containsExactly("0", "1", "2");
        assertThat(ticks(svg(lines(false, 1)))).containsExactly("0");
        assertThat(ticks(svg(lines(false, new double[12])))).hasSizeGreaterThan(2).allMatch(tick ->
                tick.matches("\\d+"));
    }

    @Test
    void shouldHaveRoundTicksOnALogarithmicAxis() {
        assertThat(Breaks.logarithmic(300, 1_600)).containsExactly(500.0, 1_000.0);
        assertThat(Breaks.logarithmic(1e7, 1e9)).containsExactly(1e7, 1e8, 1e9);
        assertThat(Stream.of(500.0, 20_000.0, 5e6, 1e9).map(Breaks::label)).containsExactly("500", "20k", "5M", "1G");
        assertThat(Breaks.logarithmic(3e-3, 6e-2)).containsExactly(0.005, 0.01, 0.02, 0.05);
        assertThat(Breaks.logarithmic(300, 400)).as("the library's own").isEmpty();
        assertThat(Breaks.logarithmic(1e-100, 1e100)).as("too many").isEmpty();
    }

    @Test
    void shouldDrawALongLineWithoutMarks() throws Exception {
        String svg = svg(lines(false, IntStream.range(0, 500).mapToDouble(x -> x % 7).toArray()));

        assertThat(elements(svg, "circle")).hasSizeLessThanOrEqualTo(LEGEND);
        assertThat(svg.length()).isLessThan(50_000);
    }

    @Test
    void shouldLeaveALineWithoutMarksOutOfTheLegend() throws Exception {
        String svg = svg(new Lines("p", "a plot", new Axis("x", Scale.WHOLE), new Axis("y", Scale.LINEAR), List.of(
                new Line("known", List.of(new Mark(1, Value.of(2)))), new Line("unknown", List.of()))));

        assertThat(texts(svg, "legend-item")).containsExactly("known");
    }

    @Test
    void shouldDrawDotsFromTheTopWithTheirIntervals() throws Exception {
        Plot plot = new Dots("d", "differences", "NLL", true, List.of(
                new Dot("first", new Value(-1, Optional.of(new Span(-2, 1)))), new Dot("second", Value.of(3))));

        String svg = svg(plot);

        List<Element> circles = elements(svg, "circle");
        assertThat(circles).hasSize(2);
        assertThat(Double.parseDouble(circles.get(0).getAttribute("cy")))
                .isLessThan(Double.parseDouble(circles.get(1).getAttribute("cy")));
        double unit = (Double.parseDouble(circles.get(1).getAttribute("cx"))
                - Double.parseDouble(circles.get(0).getAttribute("cx"))) / 4;
        assertThat(elements(svg, "line").stream().filter(line -> line.getAttribute("stroke").equals("rgb(31,138,125)")))
                .singleElement().satisfies(line -> assertThat((Double.parseDouble(line.getAttribute("x2"))
                        - Double.parseDouble(line.getAttribute("x1"))) / unit)
                        .isCloseTo(3, within(0.01)));
    }

    @Test
    void shouldKeepHostileNamesAsText() throws Exception {
        String svg = svg(new Dots("d", HOSTILE, HOSTILE, false, List.of(new Dot(HOSTILE, Value.of(1)))));

        assertThat(elements(svg, "script")).isEmpty();
        assertThat(elements(svg, "text")).extracting(text -> text.getTextContent().strip()).contains(HOSTILE);
        assertThat(elements(svg, "svg").get(0).getAttribute("aria-label")).isEqualTo(HOSTILE);
    }

    private static Plot lines(boolean logarithmic, double... values) {
        List<Mark> marks = new ArrayList<>();
        for (double value : values) {
            marks.add(new Mark(marks.size(), Value.of(value)));
        }
        return new Lines("p", "a plot", new Axis("x", Scale.WHOLE),
                new Axis("y", logarithmic ? Scale.LOGARITHMIC : Scale.LINEAR), List.of(new Line("only", marks)));
    }

    private static String svg(Plot plot) {
        return PlotSvg.of(plot).orElseThrow();
    }

    private static List<Double> heights(List<Element> circles) {
        return circles.stream().map(circle -> Double.parseDouble(circle.getAttribute("cy"))).toList();
    }

    private static List<String> ticks(String svg) throws Exception {
        return texts(svg, "axis-text-x");
    }

    private static List<String> texts(String svg, String style) throws Exception {
        return elements(svg, "text").stream().filter(text -> text.getAttribute("class").equals(style))
                .map(text -> text.getTextContent().strip()).toList();
    }

    private static List<Element> elements(String svg, String tag) throws Exception {
        Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        NodeList found = document.getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }
}
