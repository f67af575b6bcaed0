package org.fedbiot.cli.experiment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One run of an experiment: a method at a point of the grid, with a seed.
 *
 * @param id a directory's name: readable, and the same for the same run
 * @param method whose row it belongs to, such as {@code fedbiot}
 * @param point the grid's keys, in its order, and their values here
 * @param seed of the run; cells of one seed have the same data order and init
 * @param part the one client that takes part, where a row's result is the mean over clients; else empty
 * @param settings what is set over the experiment's base settings: the method's, the point's and the seed
 */
public record Cell(String id, String method, Map<String, String> point, long seed, String part,
        Map<String, String> settings) {

    public Cell {
        if (!id.matches("[A-Za-z0-9._-]+")) {
            throw new IllegalArgumentException("cell id \"" + id + "\" is no directory's name");
        }
        point = Collections.unmodifiableMap(new LinkedHashMap<>(point));
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
