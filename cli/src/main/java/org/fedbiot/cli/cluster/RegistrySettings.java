package org.fedbiot.cli.cluster;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.fedbiot.cli.settings.MustExist;
import org.fedbiot.cli.settings.SecretVariable;

/**
 * How a process proves to a schema registry who it is, and what it takes for the registry's proof.
 *
 * @param username of HTTP basic authentication
 * @param truststore PEM file with the certificates of trusted authorities; without one those that Java trusts
 */
public record RegistrySettings(
        Optional<String> username,
        Optional<SecretVariable> passwordVariable,
        @MustExist Optional<Path> truststore) {

    public RegistrySettings {
        if (username.isPresent() != passwordVariable.isPresent()) {
            throw new IllegalArgumentException("username and passwordVariable go together");
        }
    }

    /** As Confluent's serdes name them. Holds secrets: not for printing. */
    Map<String, String> clientSettings(Map<String, String> environment) {
        Map<String, String> settings = new TreeMap<>();
        passwordVariable.ifPresent(password -> {
            settings.put("basic.auth.credentials.source", "USER_INFO");
            settings.put("basic.auth.user.info", username.orElseThrow() + ":" + password.value(environment));
        });
        truststore.ifPresent(file -> {
            settings.put("schema.registry.ssl.truststore.type", "PEM");
            settings.put("schema.registry.ssl.truststore.location", file.toString());
        });
        return settings;
    }
}
