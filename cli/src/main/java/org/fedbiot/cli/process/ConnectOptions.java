package org.fedbiot.cli.process;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.client.KafkaSettings;
import picocli.CommandLine.Option;

/** Which cluster a process works on. */
final class ConnectOptions {

    @Option(names = "--bootstrap-servers", required = true, paramLabel = "HOST:PORT", description = "The cluster.")
    private String bootstrapServers;

    @Option(names = "--schema-registry", required = true, paramLabel = "URL", description = "The cluster's registry.")
    private String schemaRegistry;

    @Option(names = "--kafka", paramLabel = "KEY=VALUE", description = "Any setting of Kafka's clients, for all of"
            + " them, or for one kind with the prefix producer., consumer., admin. or streams.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    /** @throws UserError if a setting may not be changed */
    KafkaSettings kafka() {
        try {
            return new KafkaSettings(bootstrapServers, schemaRegistry, overrides);
        } catch (IllegalArgumentException e) {
            throw new UserError("--kafka: " + e.getMessage(), e);
        }
    }
}
