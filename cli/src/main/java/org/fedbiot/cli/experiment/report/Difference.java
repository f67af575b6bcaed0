package org.fedbiot.cli.experiment.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far a method is from another at the same point, seed by seed: same data in the same order, same initial factors.
 *
 * @param bySeed the method's value less the reference's, of the seeds that both have
 */
record Difference(Point point, Metric metric, String method, String reference, SortedMap<Long, Double> bySeed,
        Sample sample) {

    /** Every pair of rows of one point; of each the row that stands first is the reference. Only what both have. */
    static List<Difference> of(List<Row> rows) {
        List<Difference> differences = new ArrayList<>();
        for (int reference = 0; reference < rows.size(); reference++) {
            for (int method = reference + 1; method < rows.size(); method++) {
                for (Metric metric : Metric.COMPARED) {
                    of(metric, rows.get(method), rows.get(reference)).ifPresent(differences::add);
                }
            }
        }
        return differences;
    }

    private static Optional<Difference> of(Metric metric, Row method, Row reference) {
        SortedMap<Long, Double> bySeed = bySeed(metric, method, reference);
        return Sample.of(bySeed.values()).map(sample -> new Difference(method.point(), metric, method.method(),
                reference.method(), bySeed, sample));
    }

    /** One row's value less another's, of the seeds that both have. */
    static SortedMap<Long, Double> bySeed(Metric metric, Row row, Row reference) {
        SortedMap<Long, Double> bySeed = new TreeMap<>();
        SortedMap<Long, Double> base = reference.values(metric);
        row.values(metric).forEach((seed, value) -> {
            if (base.containsKey(seed)) {
                bySeed.put(seed, value - base.get(seed));
            }
        });
        return bySeed;
    }

    /** The better one, if the interval leaves no doubt about it: it excludes 0. */
    Optional<String> better() {
        return sample.interval().filter(Interval::excludesZero)
                .map(interval -> metric.isBetter(sample.mean(), 0) ? method : reference);
    }
}
