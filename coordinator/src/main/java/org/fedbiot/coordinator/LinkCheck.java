package org.fedbiot.coordinator;

import java.util.HashSet;
import java.util.List;
import org.fedbiot.schemas.event.ClientLink;
import org.fedbiot.schemas.event.Link;
import org.fedbiot.schemas.event.LinkSettings;
import org.fedbiot.schemas.event.RunSpec;

/**
 * Whether a run's simulated links can be reckoned with. Clients that take no part may have links: settings are shared
 * by runs of all clients and runs of one.
 */
final class LinkCheck {

    /** A delay beyond an hour is a mistake of units. */
    private static final long MAX_DELAY_MILLIS = 60 * 60 * 1000;

    private LinkCheck() {
    }

    static void check(Problems problems, RunSpec spec) {
        LinkSettings links = spec.getLinks();
        if (links == null) {
            return;
        }
        List<String> own = links.getClients().stream().map(ClientLink::getClientId).toList();
        problems.unless(new HashSet<>(own).size() == own.size(), "links.clients", own + " names a client twice")
                .positive("links.clientFlopsPerSecond", links.getClientFlopsPerSecond())
                .positive("links.serverFlopsPerSecond", links.getServerFlopsPerSecond());
        check(problems, "links.every", links.getEvery());
        links.getClients().forEach(client ->
                check(problems, "links.clients." + client.getClientId() + ".link", client.getLink()));
    }

    private static void check(Problems problems, String key, Link link) {
        List<Integer> lost = link.getLostRounds();
        problems.atLeast(key + ".upBitsPerSecond", link.getUpBitsPerSecond(), 0)
                .atLeast(key + ".downBitsPerSecond", link.getDownBitsPerSecond(), 0)
                .unless(link.getDelayMillis() >= 0 && link.getDelayMillis() <= MAX_DELAY_MILLIS, key + ".delayMillis",
                        link.getDelayMillis() + " is not from 0 to " + MAX_DELAY_MILLIS)
                .fraction(key + ".lossShare", link.getLossShare())
                .unless(lost.stream().allMatch(round -> round >= 1), key + ".lostRounds",
                        lost + " are not all rounds, which count from 1");
    }
}
