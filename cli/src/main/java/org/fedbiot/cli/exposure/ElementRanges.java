package org.fedbiot.cli.exposure;

import java.util.Map;
import java.util.TreeMap;

/** Which elements of a tensor are known, as ranges that do not touch. Not thread-safe. */
final class ElementRanges {

    private final TreeMap<Long, Long> ends = new TreeMap<>();

    /** @param end exclusive */
    void add(long start, long end) {
        if (start >= end) {
            return;
        }
        long from = start;
        long to = end;
        Map.Entry<Long, Long> known = ends.floorEntry(to);
        while (known != null && known.getValue() >= from) {
            from = Math.min(from, known.getKey());
            to = Math.max(to, known.getValue());
            ends.remove(known.getKey());
            known = ends.floorEntry(to);
        }
        ends.put(from, to);
    }

    long elements() {
        return ends.entrySet().stream().mapToLong(range -> range.getValue() - range.getKey()).sum();
    }
}
