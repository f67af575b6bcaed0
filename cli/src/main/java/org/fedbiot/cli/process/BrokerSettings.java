package org.fedbiot.cli.process;

import java.nio.file.Path;
import org.fedbiot.cli.settings.DefaultValue;

/**
 * An embedded broker's file.
 *
 * @param directory where it keeps its data
 * @param port it listens on; 0 for any that is free
 * @param registryPort where its schema registry listens; 0 for any that is free
 */
record BrokerSettings(Path directory, @DefaultValue("9092") int port, @DefaultValue("8081") int registryPort)
        implements ProcessSettings {

    private static final int HIGHEST_PORT = 65_535;

    BrokerSettings {
        requirePort("port", port);
        requirePort("registryPort", registryPort);
    }

    private static void requirePort(String key, int port) {
        if (port < 0 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException(key + " is between 0 and " + HIGHEST_PORT + ", not " + port);
        }
    }
}
