package org.fedbiot.observer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/** The newest dead letters of each source, so that a flood of one does not hide the others or fill the memory. */
final class DeadLetterFold {

    private static final int KEPT = 100;

    private final TreeMap<String, Deque<DeadLetterPicture>> bySource = new TreeMap<>();
    private long count;

    /** @param source a partition, whose order says which are the newest */
    void add(String source, DeadLetterPicture letter) {
        Deque<DeadLetterPicture> kept = bySource.computeIfAbsent(source, key -> new ArrayDeque<>());
        kept.addLast(letter);
        if (kept.size() > KEPT) {
            kept.removeFirst();
        }
        count++;
    }

    long count() {
        return count;
    }

    List<DeadLetterPicture> pictures() {
        List<DeadLetterPicture> all = new ArrayList<>();
        bySource.values().forEach(all::addAll);
        // Stable: within a source and a millisecond the source's order stays.
        all.sort(Comparator.comparingLong(DeadLetterPicture::atMillis));
        return all;
    }
}
