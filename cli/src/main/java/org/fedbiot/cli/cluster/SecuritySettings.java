package org.fedbiot.cli.cluster;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.fedbiot.cli.settings.DefaultValue;
import org.fedbiot.cli.settings.MustExist;
import org.fedbiot.cli.settings.SecretVariable;

/**
 * How a process proves to a broker who it is, and what it takes for the broker's proof.
 *
 * @param protocol SASL_SSL (a password over TLS), SSL (a certificate on both sides) or SASL_PLAINTEXT
 * @param mechanism of a password: SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN
 * @param username with the password
 * @param truststore PEM file with the certificates of trusted authorities; without one those that Java trusts
 * @param keystore PEM file with the process' own key and certificate chain
 * @param keyPasswordVariable for a key that is encrypted
 */
public record SecuritySettings(
        SecurityProtocol protocol,
        @DefaultValue("SCRAM-SHA-512") String mechanism,
        Optional<String> username,
        Optional<SecretVariable> passwordVariable,
        @MustExist Optional<Path> truststore,
        @MustExist Optional<Path> keystore,
        Optional<SecretVariable> keyPasswordVariable) {

    private static final Map<String, String> LOGIN_MODULES = Map.of(
            "SCRAM-SHA-512", "org.apache.kafka.common.security.scram.ScramLoginModule",
            "SCRAM-SHA-256", "org.apache.kafka.common.security.scram.ScramLoginModule",
            "PLAIN", "org.apache.kafka.common.security.plain.PlainLoginModule");

    public SecuritySettings {
        if (protocol == SecurityProtocol.PLAINTEXT) {
            throw new IllegalArgumentException("protocol PLAINTEXT secures nothing: leave the section out");
        }
        if (!LOGIN_MODULES.containsKey(mechanism)) {
            throw new IllegalArgumentException("mechanism is one of " + LOGIN_MODULES.keySet().stream().sorted().toList()
                    + ", not " + mechanism);
        }
        if (hasPassword(protocol) != username.isPresent() || hasPassword(protocol) != passwordVariable.isPresent()) {
            throw new IllegalArgumentException(hasPassword(protocol)
                    ? protocol + " needs username and passwordVariable"
                    : protocol + " has no use for username and passwordVariable: the certificate says who comes");
        }
        if (!isEncrypted(protocol) && (truststore.isPresent() || keystore.isPresent())) {
            throw new IllegalArgumentException(protocol + " has no use for truststore and keystore; for TLS say SASL_SSL");
        }
        if (protocol == SecurityProtocol.SSL && keystore.isEmpty()) {
            throw new IllegalArgumentException("SSL needs a keystore: its certificate says who comes");
        }
        if (keyPasswordVariable.isPresent() && keystore.isEmpty()) {
            throw new IllegalArgumentException("keyPasswordVariable is of no use without a keystore");
        }
    }

    /**
     * As Kafka's clients name them. Holds secrets: not for printing.
     *
     * @throws IllegalArgumentException if a secret's variable is not set
     */
    public Map<String, String> clientSettings(Map<String, String> environment) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("security.protocol", protocol.name);
        passwordVariable.ifPresent(password -> {
            settings.put("sasl.mechanism", mechanism);
            settings.put("sasl.jaas.config", LOGIN_MODULES.get(mechanism) + " required username="
                    + quoted(username.orElseThrow()) + " password=" + quoted(password.value(environment)) + ";");
        });
        truststore.ifPresent(file -> {
            settings.put("ssl.truststore.type", "PEM");
            settings.put("ssl.truststore.location", file.toString());
        });
        keystore.ifPresent(file -> {
            settings.put("ssl.keystore.type", "PEM");
            settings.put("ssl.keystore.location", file.toString());
        });
        keyPasswordVariable.ifPresent(password -> settings.put("ssl.key.password", password.value(environment)));
        return settings;
    }

    private static boolean hasPassword(SecurityProtocol protocol) {
        return protocol == SecurityProtocol.SASL_SSL || protocol == SecurityProtocol.SASL_PLAINTEXT;
    }

    private static boolean isEncrypted(SecurityProtocol protocol) {
        return protocol == SecurityProtocol.SASL_SSL || protocol == SecurityProtocol.SSL;
    }

    private static String quoted(String value) {
        return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
