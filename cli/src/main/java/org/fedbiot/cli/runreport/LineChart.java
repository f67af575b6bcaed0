package org.fedbiot.cli.runreport;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.Stream;
import org.fedbiot.cli.table.Markup;

/**
 * Lines over whole numbers, as one SVG element without ids; the page around it gives classes their colours.
 *
 * @param logarithmic whether the y axis is; values that are not above 0 are then left out
 * @param series up to four; lines differ by dashes too, for whoever does not see the colours
 */
record LineChart(String title, String xLabel, String yLabel, boolean logarithmic, List<Series> series) {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 300;
    private static final int LEFT = 64;
    private static final int RIGHT = 16;
    private static final int TOP = 40;
    private static final int BOTTOM = 44;
    private static final int LEGEND_WIDTH = 160;
    /** With more, points are a band of ink. */
    private static final int MOST_DOTS = 60;
    /** Beyond it, a loss is a client's bad joke, which shall not spoil the chart's arithmetic. */
    private static final double LARGEST = 1e100;

    /** Points in the order of x; those that cannot be drawn are left out. */
    record Series(String label, List<Point> points) {

        Series {
            points = points.stream().filter(point -> Math.abs(point.y()) <= LARGEST).toList();
        }
    }

    record Point(double x, double y) {
    }

    LineChart {
        series = logarithmic ? series.stream().map(LineChart::aboveZero).toList() : List.copyOf(series);
    }

    private static Series aboveZero(Series series) {
        return new Series(series.label(), series.points().stream().filter(point -> point.y() > 0).toList());
    }

    boolean isEmpty() {
        return points().findAny().isEmpty();
    }

    private Stream<Point> points() {
        return series.stream().flatMap(one -> one.points().stream());
    }

    String svg() {
        Axis x = Axis.linear(points().mapToDouble(Point::x).min().orElse(0),
                points().mapToDouble(Point::x).max().orElse(1), true);
        double least = points().mapToDouble(Point::y).min().orElse(1);
        double most = points().mapToDouble(Point::y).max().orElse(1);
        Axis y = logarithmic ? Axis.logarithmic(least, most) : Axis.linear(least, most, false);
        StringBuilder svg = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + ' '
                + HEIGHT + "\" role=\"img\" aria-label=\"" + Markup.escape(title) + "\">\n<title>"
                + Markup.escape(title) + "</title>\n");
        y.ticks().forEach(tick -> {
            String at = number(atY(y, tick));
            svg.append("<line class=\"grid\" x1=\"" + LEFT + "\" x2=\"" + (WIDTH - RIGHT) + "\" y1=\"" + at
                    + "\" y2=\"" + at + "\"/>\n");
            text(svg, "end", LEFT - 8, atY(y, tick) + 4, Axis.label(tick));
        });
        x.ticks().forEach(tick -> text(svg, "middle", atX(x, tick), HEIGHT - BOTTOM + 18, Axis.label(tick)));
        text(svg, "middle", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, xLabel);
        text(svg, "start", 4, TOP - 26, yLabel);
        for (int index = 0; index < series.size(); index++) {
            line(svg, index, x, y);
        }
        return svg.append("</svg>").toString();
    }

    private void line(StringBuilder svg, int index, Axis x, Axis y) {
        Series one = series.get(index);
        double legend = WIDTH - RIGHT - LEGEND_WIDTH * (series.size() - index);
        svg.append("<g class=\"s" + index + "\">\n<line x1=\"" + number(legend) + "\" x2=\"" + number(legend + 24)
                + "\" y1=\"22\" y2=\"22\"/>\n");
        text(svg, "start", legend + 30, 26, one.label());
        List<String> path = one.points().stream()
                .map(point -> number(atX(x, point.x())) + ',' + number(atY(y, point.y()))).toList();
        svg.append("<polyline points=\"" + String.join(" ", path) + "\"/>\n");
        if (path.size() <= MOST_DOTS) {
            one.points().forEach(point -> svg.append("<circle cx=\"" + number(atX(x, point.x())) + "\" cy=\""
                    + number(atY(y, point.y())) + "\" r=\"3\"/>\n"));
        }
        svg.append("</g>\n");
    }

    private static void text(StringBuilder svg, String anchor, double x, double y, String text) {
        svg.append("<text text-anchor=\"" + anchor + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\">"
                + Markup.escape(text) + "</text>\n");
    }

    private static double atX(Axis axis, double value) {
        return LEFT + axis.fraction(value) * (WIDTH - LEFT - RIGHT);
    }

    private static double atY(Axis axis, double value) {
        return HEIGHT - BOTTOM - axis.fraction(value) * (HEIGHT - TOP - BOTTOM);
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
    }
}
