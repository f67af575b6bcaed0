package org.fedbiot.cli.process;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.fedbiot.cli.monitoring.MetricsSettings;
import org.fedbiot.cli.settings.DefaultValue;
import org.fedbiot.infra.BrokerOptions;
import org.fedbiot.infra.RegistryAccess;

/**
 * An embedded broker's file.
 *
 * @param directory where it keeps its data
 * @param port it listens on; 0 for any that is free
 * @param registryPort where its schema registry listens, 0 for any that is free; one of several nodes has none
 * @param node its place among several; a node alone without it
 * @param security who may come, and how; open to everybody on this machine without it
 * @param metrics where metrics and health are shown; nowhere without it
 */
record BrokerSettings(
        Path directory,
        @DefaultValue("9092") int port,
        Optional<Integer> registryPort,
        Optional<NodeSettings> node,
        Optional<BrokerSecuritySettings> security,
        Optional<MetricsSettings> metrics) implements ProcessSettings {

    private static final int USUAL_REGISTRY_PORT = 8081;

    BrokerSettings {
        ProcessSettings.requirePort("port", port);
        registryPort.ifPresent(given -> ProcessSettings.requirePort("registryPort", given));
        if (node.isPresent() && registryPort.isPresent()) {
            throw new IllegalArgumentException("registryPort: one of several nodes runs no registry;"
                    + " fedbiot registry is a process of its own");
        }
        if (node.isPresent() && security.isPresent() && security.get().nodePasswordVariable().isEmpty()) {
            throw new IllegalArgumentException("security.nodePasswordVariable is missing: several nodes know each other"
                    + " by one password");
        }
        if (node.isEmpty() && registryPort.isEmpty()) {
            registryPort = Optional.of(USUAL_REGISTRY_PORT);
        }
    }

    /** @throws IllegalArgumentException if a secret's variable is not set, or a file is not there */
    BrokerOptions options(Map<String, String> environment) {
        return new BrokerOptions(directory, port, node.map(NodeSettings::quorum),
                security.map(settings -> settings.locks(environment)));
    }

    /**
     * Where clients must log in, only the super users that have a password may change the registry's schemas.
     *
     * @throws IllegalArgumentException if a secret's variable is not set
     */
    RegistryAccess registryAccess(Map<String, String> environment) {
        return security.map(settings -> RegistryAccess.writers(settings.superUserPasswords(environment)))
                .orElseGet(RegistryAccess::open);
    }
}
