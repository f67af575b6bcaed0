package org.fedbiot.cli.experiment.report;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A method at a point of the grid.
 *
 * @param seeds what its runs come to, by seed; a metric that a run does not have is not in its map
 * @param missing why a seed is not there, by seed
 */
record Row(Point point, String method, SortedMap<Long, Map<Metric, Double>> seeds, SortedMap<Long, String> missing) {

    /** A metric by seed, of the seeds that have it. */
    SortedMap<Long, Double> values(Metric metric) {
        SortedMap<Long, Double> values = new TreeMap<>();
        seeds.forEach((seed, metrics) -> {
            if (metrics.containsKey(metric)) {
                values.put(seed, metrics.get(metric));
            }
        });
        return values;
    }

    Optional<Sample> sample(Metric metric) {
        return Sample.of(values(metric).values());
    }

    int planned() {
        return seeds.size() + missing.size();
    }
}
