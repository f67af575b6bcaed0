package org.fedbiot.schemas.wire;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Connections to registries. Authorities are Java's own, or those of a PEM file: {@code
 * schema.registry.ssl.truststore.location} with {@code schema.registry.ssl.truststore.type} PEM. One client for all
 * registries that trust the same: each owns threads, and a process has many serdes.
 */
final class RegistryHttp {

    static final String TRUSTSTORE = "schema.registry.ssl.truststore.location";
    private static final String TRUSTSTORE_TYPE = "schema.registry.ssl.truststore.type";
    private static final String PEM = "PEM";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Map<Optional<Path>, HttpClient> CLIENTS = new ConcurrentHashMap<>();

    private RegistryHttp() {
    }

    /** @throws IllegalArgumentException if the file of authorities cannot be used; names it */
    static HttpClient of(Map<String, ?> configuration) {
        Optional<Path> truststore =
                Optional.ofNullable(configuration.get(TRUSTSTORE)).map(file -> Path.of(file.toString()));
        if (truststore.isPresent() && !PEM.equals(configuration.get(TRUSTSTORE_TYPE))) {
            throw new IllegalArgumentException(TRUSTSTORE_TYPE + " must be " + PEM + ", not "
                    + configuration.get(TRUSTSTORE_TYPE));
        }
        return CLIENTS.computeIfAbsent(truststore, RegistryHttp::connect);
    }

    private static HttpClient connect(Optional<Path> truststore) {
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT);
        truststore.map(RegistryHttp::trusting).ifPresent(client::sslContext);
        return client.build();
    }

    private static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> authorities =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (authorities.isEmpty()) {
                throw new IllegalArgumentException(TRUSTSTORE + ": " + file + " holds no certificate");
            }
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int entry = 0;
            for (Certificate authority : authorities) {
                trusted.setCertificateEntry("authority-" + entry++, authority);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(TRUSTSTORE + ": " + file + " cannot be read as PEM certificates: "
                    + e.getMessage(), e);
        }
    }
}
