package org.fedbiot.coordinator;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.fedbiot.schemas.integrity.Sha256;

/** Which clients a round calls: a function of seed, run and round, and of who is there. */
final class ClientSample {

    private ClientSample() {
    }

    /**
     * Ranks clients by SHA-256 over {@code fedbiot.call/<seed>/<run>/<round>/<client>} and takes the first.
     *
     * @param size 0 for all
     * @return in id order
     */
    static List<String> of(long seed, String runId, int round, Collection<String> candidates, int size) {
        return candidates.stream()
                .sorted(Comparator.comparing(client -> rank(seed, runId, round, client)))
                .limit(size == 0 ? candidates.size() : size)
                .sorted()
                .toList();
    }

    private static String rank(long seed, String runId, int round, String client) {
        // Ids hold no slash, so no two sets of fields give the same text.
        String text = "fedbiot.call/" + seed + "/" + runId + "/" + round + "/" + client;
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
