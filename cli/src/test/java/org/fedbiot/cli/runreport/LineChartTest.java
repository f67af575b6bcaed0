package org.fedbiot.cli.runreport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.fedbiot.cli.runreport.LineChart.Point;
import org.fedbiot.cli.runreport.LineChart.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineChartTest {

    @Test
    void shouldDrawGreaterValuesHigherAndInProportion() {
        List<Double> heights = heights(false, 0, 5, 10);

        assertThat(heights.get(0)).isGreaterThan(heights.get(1));
        assertThat(heights.get(1)).isCloseTo((heights.get(0) + heights.get(2)) / 2, within(0.02));
    }

    @Test
    void shouldDrawFactorsAlikeOnALogarithmicAxisAndLeaveOutZero() {
        List<Double> heights = heights(true, 0, 10, 1_000, 100_000);

        assertThat(heights).hasSize(3);
        assertThat(heights.get(1)).isCloseTo((heights.get(0) + heights.get(2)) / 2, within(0.02));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "3, 3", "-2, 7", "1e-300, 2e-300", "1e100, -1e100", "5, 5.000000000000001", "4.9E-324, 0"})
    void shouldStayWithinItsFrameWhateverTheValues(double first, double second) {
        assertThat(heights(false, first, second)).hasSize(2).allSatisfy(y -> assertThat(y).isBetween(40.0, 256.0));
    }

    @Test
    void shouldLeaveOutWhatCannotBeDrawn() {
        assertThat(heights(false, Double.NaN, 1, Double.POSITIVE_INFINITY, 1e308)).hasSize(1);
        assertThat(chart(false, Double.NaN).isEmpty()).isTrue();
    }

    @Test
    void shouldLabelTicksShortly() {
        assertThat(Axis.linear(0.1, 0.3, false).ticks().stream().map(Axis::label))
                .containsExactly("0.1", "0.15", "0.2", "0.25", "0.3");
        assertThat(Axis.logarithmic(20_000, 3e6).ticks().stream().map(Axis::label))
                .containsExactly("10k", "100k", "1M", "10M");
        assertThat(Axis.linear(1, 500, true).ticks().stream().map(Axis::label))
                .containsExactly("0", "100", "200", "300", "400", "500");
    }

    private static LineChart chart(boolean logarithmic, double... values) {
        return new LineChart("title", "x", "y", logarithmic, List.of(new Series("line", IntStream.range(0,
                values.length).mapToObj(x -> new Point(x, values[x])).toList())));
    }

    private static List<Double> heights(boolean logarithmic, double... values) {
        return Pattern.compile("cy=\"([^\"]+)\"").matcher(chart(logarithmic, values).svg()).results()
                .map(match -> Double.valueOf(match.group(1))).toList();
    }
}
