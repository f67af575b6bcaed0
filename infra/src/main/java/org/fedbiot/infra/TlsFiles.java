package org.fedbiot.infra;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * PEM files of one end of a TLS connection.
 *
 * @param keystore its private key (PKCS 8) and certificate chain
 * @param truststore certificates of the authorities whose word it takes
 * @param keyPassword of the private key, if that is encrypted
 */
public record TlsFiles(Path keystore, Path truststore, Optional<Secret> keyPassword) {

    /** @throws IllegalArgumentException if a file is not there; names it */
    public TlsFiles {
        Objects.requireNonNull(keyPassword, "keyPassword");
        for (Path file : new Path[] {keystore, truststore}) {
            if (!Files.isReadable(file)) {
                throw new IllegalArgumentException("cannot read the PEM file " + file.toAbsolutePath());
            }
        }
    }

    public TlsFiles(Path keystore, Path truststore) {
        this(keystore, truststore, Optional.empty());
    }

    /** As Kafka's brokers and clients name them. */
    public Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("ssl.keystore.type", "PEM");
        settings.put("ssl.keystore.location", keystore.toAbsolutePath().toString());
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.location", truststore.toAbsolutePath().toString());
        keyPassword.ifPresent(password -> settings.put("ssl.key.password", password.value()));
        return settings;
    }
}
