package org.fedbiot.coordinator;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.fedbiot.schemas.event.ClientLink;
import org.fedbiot.schemas.event.Link;
import org.fedbiot.schemas.event.LinkSettings;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.integrity.Sha256;

/**
 * Which called clients are out of reach by a run's simulated links: a function of seed, round, attempt and client, so
 * that runs of one seed lose the same clients in the same rounds, whatever else they differ by.
 */
final class LostContact {

    /** Hex digits of a hash that fit a double exactly. */
    private static final int DIGITS = 13;
    private static final double RANGE = 0x1p52;

    private LostContact() {
    }

    /**
     * Draws by SHA-256 over {@code fedbiot.contact/<seed>/<round>/<attempt>/<client>}; a fork as its origin does.
     *
     * @param attempt from 1; listed rounds are lost in all of them
     * @param called in id order
     * @return in the order of {@code called}
     */
    static List<String> of(RunSpec spec, int round, int attempt, Collection<String> called) {
        LinkSettings links = spec.getLinks();
        if (links == null) {
            return List.of();
        }
        int counted = round + ForkRules.roundOffset(spec);
        return called.stream().filter(client -> {
            Link link = link(links, client);
            return link.getLostRounds().contains(counted)
                    || draw(spec, counted, attempt, client) < link.getLossShare();
        }).toList();
    }

    private static Link link(LinkSettings links, String client) {
        return links.getClients().stream().filter(own -> own.getClientId().equals(client)).map(ClientLink::getLink)
                .findFirst().orElse(links.getEvery());
    }

    /** Uniform in [0, 1). */
    private static double draw(RunSpec spec, int round, int attempt, String client) {
        // Ids hold no slash, so no two sets of fields give the same text.
        String text = "fedbiot.contact/" + spec.getSeed() + "/" + round + "/" + attempt + "/" + client;
        String hash = Sha256.of(text.getBytes(StandardCharsets.UTF_8));
        return Long.parseLong(hash.substring(0, DIGITS), 16) / RANGE;
    }
}
