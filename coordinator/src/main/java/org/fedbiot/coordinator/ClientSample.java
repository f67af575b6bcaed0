package org.fedbiot.coordinator;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.fedbiot.schemas.integrity.Sha256;

/**
 * Which clients a round calls: a function of seed, round and attempt, and of who is there. Runs of one seed call the
 * same ones, so that they differ by nothing but their settings.
 */
final class ClientSample {

    private ClientSample() {
    }

    /**
     * Ranks clients by SHA-256 over {@code fedbiot.call/<seed>/<round>/<client>}, from the second attempt on with
     * {@code <attempt>/} before the client, and takes the first.
     *
     * @param attempt from 1
     * @param size 0 for all
     * @return in id order
     */
    static List<String> of(long seed, int round, int attempt, Collection<String> candidates, int size) {
        return candidates.stream()
                .sorted(Comparator.comparing(client -> rank(seed, round, attempt, client)))
                .limit(size == 0 ? candidates.size() : size)
                .sorted()
                .toList();
    }

    private static String rank(long seed, int round, int attempt, String client) {
        // Ids hold no slash, so no two sets of fields give the same text.
        String text = "fedbiot.call/" + seed + "/" + round + "/" + (attempt == 1 ? "" : attempt + "/") + client;
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
