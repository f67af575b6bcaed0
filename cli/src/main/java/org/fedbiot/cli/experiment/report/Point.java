package org.fedbiot.cli.experiment.report;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A point of the grid: what its cells have in common.
 *
 * @param values by key, in the grid's order; empty where nothing is varied
 */
record Point(Map<String, String> values) implements Comparable<Point> {

    /** Numbers by size, before all that is none. */
    private static final Comparator<String> VALUES = Comparator
            .<String>comparingDouble(value -> number(value).orElse(Double.POSITIVE_INFINITY))
            .thenComparing(Comparator.naturalOrder());

    Point {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    static OptionalDouble number(String value) {
        try {
            double number = Double.parseDouble(value);
            return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    String value(String key) {
        return values.getOrDefault(key, "");
    }

    /** The same place on all axes but one. */
    Point without(String key) {
        LinkedHashMap<String, String> rest = new LinkedHashMap<>(values);
        rest.remove(key);
        return new Point(rest);
    }

    /** For people: {@code split.dropRate 0.2, data.partition iid}; empty where nothing is varied. */
    String label() {
        return values.entrySet().stream().map(entry -> entry.getKey() + ' ' + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    @Override
    public int compareTo(Point other) {
        Set<String> keys = new LinkedHashSet<>(values.keySet());
        keys.addAll(other.values.keySet());
        for (String key : keys) {
            int order = VALUES.compare(value(key), other.value(key));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
