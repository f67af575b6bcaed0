package org.fedbiot.cli.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One dimension of a grid.
 *
 * @param name a settings key, a text file's key, or {@code variant}
 */
record Axis(String name, List<Choice> choices) {

    /** The axis that named sets of settings make up. */
    static final String VARIANT = "variant";

    /**
     * A place on an axis.
     *
     * @param label for people and results
     * @param settings YAML values by key
     */
    record Choice(String label, Map<String, String> settings) {

        Choice {
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        }
    }

    /**
     * A place in the whole grid.
     *
     * @param labels by axis, in the grid's order
     * @param settings of all its choices
     */
    record Point(Map<String, String> labels, Map<String, String> settings) {
    }

    Axis {
        choices = List.copyOf(choices);
    }

    /** All points, the last axis going fastest; one without a name where there is no axis. */
    static List<Point> points(List<Axis> axes) {
        List<Point> points = List.of(new Point(Map.of(), Map.of()));
        for (Axis axis : axes) {
            List<Point> finer = new ArrayList<>();
            for (Point point : points) {
                for (Choice choice : axis.choices()) {
                    Map<String, String> labels = new LinkedHashMap<>(point.labels());
                    labels.put(axis.name(), choice.label());
                    Map<String, String> settings = new LinkedHashMap<>(point.settings());
                    settings.putAll(choice.settings());
                    finer.add(new Point(labels, settings));
                }
            }
            points = finer;
        }
        return points;
    }
}
