package org.fedbiot.cli.figure;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fedbiot.cli.table.Markup;

/**
 * A drawn figure without what differs from drawing to drawing. Lets-Plot gives its elements ids at random, and its
 * coordinates have digits that a page cannot show and that another processor's logarithms may not give.
 */
final class CanonicalSvg {

    private static final Pattern ID = Pattern.compile("(?<=id=\"|#)[A-Za-z][A-Za-z0-9]{6}(?=[\") ])");
    private static final Pattern TAG = Pattern.compile("<[^>]*>");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+\\.\\d+(?:E-?\\d+)?");
    private static final Pattern ROOT = Pattern.compile("<svg [^>]*width=\"([^\"]*)\" height=\"([^\"]*)\">");
    private static final int DIGITS = 2;

    private CanonicalSvg() {
    }

    /**
     * @param name what ids begin with, so that several figures can stand on one page
     * @param title for who cannot see it
     */
    static String of(String svg, String name, String title) {
        return root(TAG.matcher(ids(svg, name)).replaceAll(tag -> Matcher.quoteReplacement(
                NUMBER.matcher(tag.group()).replaceAll(number -> rounded(number.group())))), title);
    }

    private static String ids(String svg, String name) {
        Map<String, String> names = new LinkedHashMap<>();
        Matcher definitions = Pattern.compile("(?<= id=\")[^\"]+").matcher(svg);
        while (definitions.find()) {
            names.putIfAbsent(definitions.group(), name + '-' + names.size());
        }
        return ID.matcher(svg).replaceAll(id -> Matcher.quoteReplacement(names.getOrDefault(id.group(), id.group())));
    }

    private static String rounded(String number) {
        return new BigDecimal(number).setScale(DIGITS, RoundingMode.HALF_EVEN).stripTrailingZeros().toPlainString();
    }

    /** Lets the figure grow and shrink with the page, and gives it paper for where it stands alone. */
    private static String root(String svg, String title) {
        return ROOT.matcher(svg).replaceFirst(root -> Matcher.quoteReplacement("""
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$s" height="%2$s" viewBox="0 0 %1$s %2$s" role="img" \
                aria-label="%3$s">
                <rect class="paper" width="%1$s" height="%2$s" fill="#ffffff"/>""".formatted(root.group(1),
                root.group(2), Markup.escape(title))));
    }
}
