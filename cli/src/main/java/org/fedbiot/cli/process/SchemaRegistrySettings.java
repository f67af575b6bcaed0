package org.fedbiot.cli.process;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.SecuritySettings;
import org.fedbiot.cli.monitoring.MetricsSettings;
import org.fedbiot.cli.settings.DefaultValue;
import org.fedbiot.cli.settings.SecretVariable;
import org.fedbiot.infra.RegistryAccess;
import org.fedbiot.infra.Secret;
import org.fedbiot.schemas.client.KafkaSettings;

/**
 * An embedded registry's file.
 *
 * @param bootstrapServers of the cluster in which it keeps its schemas
 * @param security none on an open cluster
 * @param writers variables with the passwords of those who may change what it holds, by name; everybody may on an open
 *     cluster, and nobody else on one with security
 * @param port it listens on, on the loopback interface; 0 for any that is free
 * @param metrics where metrics and health are shown; nowhere without it
 */
record SchemaRegistrySettings(
        String bootstrapServers,
        Optional<SecuritySettings> security,
        Map<String, SecretVariable> writers,
        @DefaultValue("8081") int port,
        Optional<MetricsSettings> metrics) implements ProcessSettings {

    /** It asks no registry. */
    private static final String NONE = "mock://registry";

    SchemaRegistrySettings {
        writers = Map.copyOf(writers);
        ProcessSettings.requirePort("port", port);
    }

    /** @throws UserError if a secret's variable is not set */
    RegistryAccess access() {
        if (security.isEmpty() && writers.isEmpty()) {
            return RegistryAccess.open();
        }
        try {
            return RegistryAccess.writers(writers.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                    writer -> new Secret(writer.getValue().value(System.getenv())))));
        } catch (IllegalArgumentException e) {
            throw new UserError("writers: " + e.getMessage(), e);
        }
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
