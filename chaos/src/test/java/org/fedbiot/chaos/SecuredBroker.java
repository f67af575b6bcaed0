package org.fedbiot.chaos;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.infra.BrokerOptions;
import org.fedbiot.infra.BrokerSecurity;
import org.fedbiot.infra.CertificateAuthority;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.infra.RegistryAccess;
import org.fedbiot.infra.Secret;
import org.fedbiot.infra.TlsFiles;
import org.fedbiot.schemas.client.AclChange;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.topic.AccessPlan;

/** A broker and a registry where everybody has a password, a TLS connection, and what the catalogue gives a role. */
final class SecuredBroker implements AutoCloseable {

    private static final List<String> SERVER = List.of("coordinator", "aggregator", "server-worker", "operator");

    private final Map<String, Secret> passwords;
    private final CertificateAuthority authority;
    private final EmbeddedKafka kafka;
    private final EmbeddedRegistry registry;

    SecuredBroker(Path directory, List<String> clients) {
        passwords = Stream.concat(SERVER.stream(), clients.stream())
                .collect(Collectors.toMap(name -> name, name -> Secret.random()));
        authority = CertificateAuthority.in(directory.resolve("ca"));
        TlsFiles tls = new TlsFiles(authority.issue("server", List.of("127.0.0.1", "localhost")),
                authority.certificate());
        kafka = EmbeddedKafka.start(new BrokerOptions(directory.resolve("broker"), 0)
                .secured(BrokerSecurity.passwordsOverTls(tls, passwords)));
        registry = EmbeddedRegistry.start(kafka.adminSettings(), 0, RegistryAccess.writers(Map.of()));
        try (Admin admin = Admin.create(Map.copyOf(kafka.adminSettings()))) {
            TopicCreation.createMissing(admin, (short) 1);
            AclChange.between(admin, AccessPlan.of(Set.copyOf(clients))).apply(admin);
        }
    }

    /** How somebody reaches it under their own name. */
    KafkaSettings as(String principal) {
        Map<String, String> login = new HashMap<>();
        login.put("security.protocol", "SASL_SSL");
        login.put("ssl.truststore.type", "PEM");
        login.put("ssl.truststore.location", authority.certificate().toString());
        login.put("sasl.mechanism", "SCRAM-SHA-512");
        login.put("sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
                + principal + "\" password=\"" + passwords.get(principal).value() + "\";");
        return new KafkaSettings(kafka.bootstrapServers(), registry.url(), login);
    }

    /** Client settings without a bound. */
    Map<String, String> adminSettings() {
        return kafka.adminSettings();
    }

    Map<String, Secret> passwords() {
        return passwords;
    }

    @Override
    public void close() {
        try (kafka) {
            registry.close();
        }
    }
}
