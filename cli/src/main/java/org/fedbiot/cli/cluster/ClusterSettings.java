package org.fedbiot.cli.cluster;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.RecordSettings;
import org.fedbiot.cli.settings.SettingsSource;
import org.fedbiot.schemas.client.KafkaSettings;

/**
 * How a process or an operator reaches a cluster.
 *
 * @param bootstrapServers host:port, several separated by commas
 * @param schemaRegistry one or several urls separated by commas
 * @param security none on an open cluster
 * @param registry none where the registry asks for nothing
 * @param kafka any setting of Kafka's clients, for all of them, or for one kind with the prefix {@code producer.},
 *     {@code consumer.}, {@code admin.} or {@code streams.}
 */
public record ClusterSettings(
        String bootstrapServers,
        String schemaRegistry,
        Optional<SecuritySettings> security,
        Optional<RegistrySettings> registry,
        Map<String, String> kafka) {

    private static final Set<String> KINDS = Set.of("producer.", "consumer.", "admin.", "streams.");
    private static final Set<String> SECRETS = Set.of("sasl.jaas.config", "basic.auth.user.info", "ssl.keystore.key");
    private static final Set<String> OF_SECURITY = Set.of("security.protocol", "sasl.mechanism",
            "ssl.truststore.location", "ssl.truststore.type", "ssl.keystore.location", "ssl.keystore.type");

    public ClusterSettings {
        kafka = Map.copyOf(kafka);
        kafka.keySet().forEach(ClusterSettings::refuseSecret);
        if (schemaRegistry.matches(".*//[^/]*@.*")) {
            throw new IllegalArgumentException("schemaRegistry holds a password: use registry.username and"
                    + " registry.passwordVariable");
        }
        if (security.isPresent()) {
            kafka.keySet().stream().filter(key -> OF_SECURITY.contains(bare(key))).findFirst().ifPresent(key -> {
                throw new IllegalArgumentException("kafka." + key + ": stands in security already");
            });
        }
        // What may not be changed is refused now, not when the process connects.
        new KafkaSettings(bootstrapServers, schemaRegistry, kafka);
    }

    /** @throws UserError naming file and key of what cannot be used */
    public static ClusterSettings ofFile(Path file) {
        return RecordSettings.read(ClusterSettings.class, SettingsSource.of(Optional.of(file), Map.of()));
    }

    /**
     * With secrets, taken from the environment.
     *
     * @throws UserError if a secret's variable is not set
     */
    public KafkaSettings connect() {
        return connect(System.getenv());
    }

    /** As {@link #connect()}, with another environment. */
    public KafkaSettings connect(Map<String, String> environment) {
        Map<String, String> overrides = new TreeMap<>(kafka);
        try {
            security.ifPresent(settings -> overrides.putAll(settings.clientSettings(environment)));
            registry.ifPresent(settings -> overrides.putAll(settings.clientSettings(environment)));
        } catch (IllegalArgumentException e) {
            throw new UserError("cluster at " + bootstrapServers + ": " + e.getMessage(), e);
        }
        return new KafkaSettings(bootstrapServers, schemaRegistry, overrides);
    }

    private static void refuseSecret(String key) {
        String bare = bare(key);
        if (SECRETS.contains(bare) || bare.toLowerCase(Locale.ROOT).contains("password")) {
            throw new IllegalArgumentException("kafka." + key + ": a file is no place for a secret; name the variable"
                    + " that holds it in security or registry");
        }
    }

    private static String bare(String key) {
        return KINDS.stream().filter(key::startsWith).findFirst().map(kind -> key.substring(kind.length())).orElse(key);
    }
}
