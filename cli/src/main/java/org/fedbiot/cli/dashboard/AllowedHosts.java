package org.fedbiot.cli.dashboard;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Names by which the page may be asked for. A page of another site that had its name point here (DNS rebinding) would
 * come under its own name, and is turned away.
 */
final class AllowedHosts {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> names = new TreeSet<>(LOOPBACK);

    /** @param more beside the loopback names, without a port */
    AllowedHosts(Iterable<String> more) {
        more.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }

    /** @param header the request's Host, with or without a port */
    boolean allows(Optional<String> header) {
        return header.map(host -> host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT))
                .filter(names::contains).isPresent();
    }
}
