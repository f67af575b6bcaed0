package org.fedbiot.cli.monitoring;

import java.util.Objects;
import org.fedbiot.cli.settings.DefaultValue;

/**
 * Where a process shows its metrics and its health.
 *
 * @param host address that it listens on; not beyond this machine unless it is set
 * @param port 0 for any free one, which is printed
 */
public record MetricsSettings(@DefaultValue("127.0.0.1") String host, int port) {

    private static final int LARGEST_PORT = 65_535;

    public MetricsSettings {
        Objects.requireNonNull(host, "host");
        if (port < 0 || port > LARGEST_PORT) {
            throw new IllegalArgumentException("port is from 0 to " + LARGEST_PORT + ", not " + port);
        }
    }
}
