package org.fedbiot.cli.table;

import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Collection;
import java.util.OptionalDouble;
import java.util.StringJoiner;

/** What stands in a table, and how it is written: in no locale, and the same by every Java. */
public final class Cells {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int SHORT = 6;
    /** Beyond these powers of ten a number is written with its exponent. */
    private static final int LEAST_EXPONENT = -6;
    private static final int MOST_EXPONENT = 15;

    private Cells() {
    }

    public static JsonNode cell(String text) {
        return NODES.textNode(text);
    }

    public static JsonNode cell(long number) {
        return NODES.numberNode(number);
    }

    /** @return null for what is not a finite number */
    public static JsonNode cell(double number) {
        return Double.isFinite(number) ? NODES.numberNode(number) : NODES.nullNode();
    }

    public static JsonNode cell(OptionalDouble number) {
        return cell(number.orElse(Double.NaN));
    }

    public static JsonNode integers(Collection<Integer> items) {
        ArrayNode array = NODES.arrayNode();
        items.forEach(array::add);
        return array;
    }

    public static JsonNode longs(Collection<Long> items) {
        ArrayNode array = NODES.arrayNode();
        items.forEach(array::add);
        return array;
    }

    public static JsonNode doubles(Collection<Double> items) {
        ArrayNode array = NODES.arrayNode();
        items.forEach(item -> array.add(cell(item.doubleValue())));
        return array;
    }

    public static JsonNode texts(Collection<String> items) {
        ArrayNode array = NODES.arrayNode();
        items.forEach(array::add);
        return array;
    }

    public static JsonNode none() {
        return NODES.nullNode();
    }

    /** ISO 8601 in UTC; null for what has not happened. */
    public static JsonNode time(long millis) {
        return millis == 0 ? none() : cell(Instant.ofEpochMilli(millis).toString());
    }

    /** Milliseconds between two times of the log; null if one of them has not come. */
    public static JsonNode span(long fromMillis, long toMillis) {
        return fromMillis == 0 || toMillis == 0 ? none() : cell(toMillis - fromMillis);
    }

    /** All digits, the fewest that give the number back; items of a list with a space between. */
    public static String exact(JsonNode cell) {
        if (cell.isArray()) {
            StringJoiner items = new StringJoiner(" ");
            cell.forEach(item -> items.add(exact(item)));
            return items.toString();
        }
        if (cell.isDouble()) {
            // Not Double.toString, whose digits differ between versions of Java.
            return NumberOutput.toString(cell.doubleValue(), true);
        }
        return cell.isNull() ? "" : cell.asText();
    }

    /** For people: numbers with six significant digits; items of a list with a space between. */
    public static String brief(JsonNode cell) {
        if (cell.isArray()) {
            StringJoiner items = new StringJoiner(" ");
            cell.forEach(item -> items.add(brief(item)));
            return items.toString();
        }
        return cell.isDouble() ? brief(cell.doubleValue()) : exact(cell);
    }

    public static String brief(double number) {
        return brief(number, SHORT);
    }

    /** @param digits significant ones; zeros at the end are left out */
    public static String brief(double number, int digits) {
        if (number == 0) {
            return "0";
        }
        BigDecimal brief = new BigDecimal(number).round(new MathContext(digits, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
        int exponent = brief.precision() - brief.scale() - 1;
        return exponent < LEAST_EXPONENT || exponent > MOST_EXPONENT ? brief.toString() : brief.toPlainString();
    }
}
