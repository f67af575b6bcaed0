package org.fedbiot.cli.experiment.cost;

import java.util.Objects;
import org.fedbiot.schemas.event.ClientLink;
import org.fedbiot.schemas.event.Link;
import org.fedbiot.schemas.event.LinkSettings;

/**
 * How long transfers and computing take by a run's simulated links, in seconds. Clients do not slow each other down:
 * the server's own line is taken to be wide enough for all of them.
 */
record LinkClock(LinkSettings links) {

    private static final double MILLIS = 1_000;

    LinkClock {
        Objects.requireNonNull(links, "links");
    }

    /** Every client's link at one bandwidth in both directions; delays and computing as they were. */
    LinkClock at(long bitsPerSecond) {
        return new LinkClock(LinkSettings.newBuilder(links).setEvery(at(links.getEvery(), bitsPerSecond))
                .setClients(links.getClients().stream().map(client ->
                        new ClientLink(client.getClientId(), at(client.getLink(), bitsPerSecond))).toList()).build());
    }

    private static Link at(Link link, long bitsPerSecond) {
        return Link.newBuilder(link).setUpBitsPerSecond(bitsPerSecond).setDownBitsPerSecond(bitsPerSecond).build();
    }

    /** A client's fetch, work and upload, one after the other. */
    double client(String client, double bytesDown, double flops, double bytesUp) {
        Link link = links.getClients().stream().filter(own -> own.getClientId().equals(client))
                .map(ClientLink::getLink).findFirst().orElse(links.getEvery());
        return transfer(link, bytesDown, link.getDownBitsPerSecond()) + flops / links.getClientFlopsPerSecond()
                + transfer(link, bytesUp, link.getUpBitsPerSecond());
    }

    double server(double flops) {
        return flops / links.getServerFlopsPerSecond();
    }

    private static double transfer(Link link, double bytes, long bitsPerSecond) {
        return link.getDelayMillis() / MILLIS + (bitsPerSecond == 0 ? 0 : bytes * Byte.SIZE / bitsPerSecond);
    }
}
