package org.fedbiot.learning.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.fedbiot.learning.torch.ComputeDevice;

/**
 * A device held against the CPU.
 *
 * @param rows one for each figure
 */
public record DeviceReport(ComputeDevice device, List<Row> rows) {

    /**
     * @param difference the largest, relative to the largest magnitude on the CPU; for what must be equal, the share of
     *     bytes that are not
     * @param tolerance 0 for what must be equal
     */
    public record Row(String figure, double difference, double tolerance) {

        /** Also false where the difference is no number. */
        public boolean passes() {
            return difference <= tolerance;
        }

        private String text() {
            return String.format(Locale.ROOT, "%-28s %10.2e %10.0e  %s", figure, difference, tolerance,
                    passes() ? "ok" : "FAILS");
        }
    }

    public DeviceReport {
        Objects.requireNonNull(device, "device");
        rows = List.copyOf(rows);
    }

    public boolean passes() {
        return rows.stream().allMatch(Row::passes);
    }

    /** For people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format("%-28s %10s %10s", device + " against cpu", "difference", "at most"));
        rows.forEach(row -> lines.add(row.text()));
        return lines;
    }
}
