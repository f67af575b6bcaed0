package org.fedbiot.cli.process;

import java.util.Map;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.SecuritySettings;
import org.fedbiot.cli.monitoring.MetricsSettings;
import org.fedbiot.cli.settings.DefaultValue;
import org.fedbiot.schemas.client.KafkaSettings;

/**
 * An embedded registry's file.
 *
 * @param bootstrapServers of the cluster in which it keeps its schemas
 * @param security none on an open cluster
 * @param port it listens on, on the loopback interface; 0 for any that is free
 * @param metrics where metrics and health are shown; nowhere without it
 */
record SchemaRegistrySettings(
        String bootstrapServers,
        Optional<SecuritySettings> security,
        @DefaultValue("8081") int port,
        Optional<MetricsSettings> metrics) implements ProcessSettings {

    /** It asks no registry. */
    private static final String NONE = "mock://registry";

    SchemaRegistrySettings {
        ProcessSettings.requirePort("port", port);
    }

    KafkaSettings connect() {
        try {
            return new KafkaSettings(bootstrapServers, NONE,
                    security.map(settings -> settings.clientSettings(System.getenv())).orElse(Map.of()));
        } catch (IllegalArgumentException e) {
            throw new UserError("cluster at " + bootstrapServers + ": " + e.getMessage(), e);
        }
    }
}
