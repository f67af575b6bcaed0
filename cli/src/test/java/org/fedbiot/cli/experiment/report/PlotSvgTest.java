package org.fedbiot.cli.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.fedbiot.cli.experiment.report.Plot.Axis;
import org.fedbiot.cli.experiment.report.Plot.Dot;
import org.fedbiot.cli.experiment.report.Plot.Dots;
import org.fedbiot.cli.experiment.report.Plot.Line;
import org.fedbiot.cli.experiment.report.Plot.Lines;
import org.fedbiot.cli.experiment.report.Plot.Mark;
import org.fedbiot.cli.experiment.report.Plot.Value;
import org.junit.jupiter.api.Test;
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
    void shouldLeaveOutWhatCannotBeDrawn() throws Exception {
        assertThat(elements(svg(lines(true, 1, -1, 100)), "circle")).hasSize(2 + LEGEND);
        assertThat(elements(svg(lines(false, 1, Double.NaN, Double.POSITIVE_INFINITY)), "circle"))
                .hasSize(1 + LEGEND);
        assertThat(PlotSvg.of(lines(false, Double.NaN, Double.NEGATIVE_INFINITY))).isEmpty();
        assertThat(PlotSvg.of(new Dots("d", "t", "l", true, List.of(new Dot("a", Value.of(Double.NaN)))))).isEmpty();
    }

    @Test
    void shouldDrawDotsFromTheTopWithTheirIntervals() throws Exception {
        Plot plot = new Dots("d", "differences", "NLL", true, List.of(
                new Dot("first", new Value(-1, Optional.of(new Interval(-2, 1)))), new Dot("second", Value.of(3))));

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
        return new Lines("p", "a plot", new Axis("x", false), new Axis("y", logarithmic),
                List.of(new Line("only", marks)));
    }

    private static String svg(Plot plot) {
        return PlotSvg.of(plot).orElseThrow();
    }

    private static List<Double> heights(List<Element> circles) {
        return circles.stream().map(circle -> Double.parseDouble(circle.getAttribute("cy"))).toList();
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
