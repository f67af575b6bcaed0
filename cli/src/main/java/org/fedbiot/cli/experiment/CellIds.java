package org.fedbiot.cli.experiment;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fedbiot.schemas.integrity.Sha256;

/**
 * Names runs: readable, and once given for good. A run that had a name keeps it, however the experiment has grown, and
 * rows whose runs are equal share one. Not thread-safe.
 */
final class CellIds {

    /** What a run's id and a directory's name may be. */
    private static final int LONGEST = 63;
    private static final int HASH = 8;

    private final Map<String, String> byKey;
    private final Map<Object, String> byRun = new HashMap<>();
    private final Set<String> used;

    /** @param before ids by key, of an earlier start */
    CellIds(Map<String, String> before) {
        byKey = new HashMap<>(before);
        used = new HashSet<>(before.values());
    }

    /**
     * Notes which run a name from before belongs to; to be told of every cell first, since a row that comes earlier now
     * may share it.
     */
    void recall(String key, Object run) {
        if (byKey.containsKey(key)) {
            byRun.putIfAbsent(run, byKey.get(key));
        }
    }

    /**
     * @param key of the cell
     * @param run equal for cells that are one run
     * @param words that it is called by, if it has no name yet
     */
    String of(String key, Object run, List<String> words) {
        String id = byKey.get(key);
        if (id == null) {
            id = byRun.get(run);
        }
        if (id == null) {
            id = unused(name(words));
        }
        byKey.put(key, id);
        byRun.putIfAbsent(run, id);
        used.add(id);
        return id;
    }

    private String unused(String name) {
        String candidate = name;
        for (int number = 2; used.contains(candidate); number++) {
            candidate = shortened(name + "-" + number);
        }
        return candidate;
    }

    private static String name(Collection<String> words) {
        return shortened(words.stream().flatMap(word -> Stream.of(word.toLowerCase(Locale.ROOT).split("[^a-z0-9]+")))
                .filter(part -> !part.isEmpty()).collect(Collectors.joining("-")));
    }

    private static String shortened(String name) {
        if (name.length() <= LONGEST) {
            return name;
        }
        String hash = Sha256.of(name.getBytes(StandardCharsets.UTF_8));
        return name.substring(0, LONGEST - HASH - 1) + "-" + hash.substring(0, HASH);
    }
}
