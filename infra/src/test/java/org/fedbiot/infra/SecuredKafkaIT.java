package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.fedbiot.schemas.client.ScramUsers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SecuredKafkaIT {

    private static final String TOPIC = "anything";

    @TempDir
    private Path directory;

    @Test
    void shouldLetInWhoHasAPasswordAndAllowNothingWithoutAnAcl() throws Exception {
        Secret admins = Secret.random();
        Secret alices = Secret.random();
        BrokerOptions options = new BrokerOptions(directory, 0)
                .secured(BrokerSecurity.passwords(Map.of("admin", admins, "alice", alices), "admin"));
        try (EmbeddedKafka kafka = EmbeddedKafka.start(options);
                Admin admin = client(kafka, Login.password("admin", admins));
                Admin alice = client(kafka, Login.password("alice", alices))) {
            createTopic(admin);

            assertThatThrownBy(() -> describe(alice)).hasCauseInstanceOf(TopicAuthorizationException.class);
            allowToDescribe(admin, "alice");
            awaitAllowed(alice);

            try (Admin thief = client(kafka, Login.password("alice", Secret.random()));
                    Admin node = client(kafka, Login.password(BrokerSecurity.NODE_PRINCIPAL, admins));
                    Admin nobody = client(kafka, Map.of())) {
                assertThatThrownBy(() -> describe(thief)).hasCauseInstanceOf(SaslAuthenticationException.class);
                assertThatThrownBy(() -> describe(node)).hasCauseInstanceOf(SaslAuthenticationException.class);
                assertThatThrownBy(() -> describe(nobody)).isInstanceOf(ExecutionException.class);
            }
        }

        // When it is started again with another password for one user, and one that was added while it ran
        Secret changed = Secret.random();
        Secret bobs = Secret.random();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(new BrokerOptions(directory, 0)
                .secured(BrokerSecurity.passwords(Map.of("alice", changed))));
                Admin node = Admin.create(Map.copyOf(kafka.adminSettings()))) {
            ScramUsers.put(node, Map.of("bob", bobs.value()));

            // Then passwords are what they were set to last
            try (Admin alice = client(kafka, Login.password("alice", changed));
                    Admin thief = client(kafka, Login.password("alice", alices));
                    Admin bob = client(kafka, Login.password("bob", bobs))) {
                describe(alice);
                assertThatThrownBy(() -> describe(thief)).hasCauseInstanceOf(SaslAuthenticationException.class);
                assertThatThrownBy(() -> describe(bob)).hasCauseInstanceOf(TopicAuthorizationException.class);
                ScramUsers.remove(node, "bob");
            }
            try (Admin bob = client(kafka, Login.password("bob", bobs))) {
                assertThatThrownBy(() -> describe(bob)).hasCauseInstanceOf(SaslAuthenticationException.class);
            }
        }
    }

    @Test
    void shouldSpeakTlsAndTakeANameFromACertificate() throws Exception {
        CertificateAuthority authority = CertificateAuthority.in(directory.resolve("ca"));
        CertificateAuthority stranger = CertificateAuthority.in(directory.resolve("stranger"));
        TlsFiles server = new TlsFiles(authority.issue("server", List.of("localhost", "127.0.0.1")),
                authority.certificate());
        assertThat(Files.getPosixFilePermissions(server.keystore()))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));

        // Given a broker that wants passwords over TLS
        Secret admins = Secret.random();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(new BrokerOptions(directory.resolve("kafka"), 0)
                .secured(BrokerSecurity.passwordsOverTls(server, Map.of("admin", admins), "admin")));
                Admin admin = client(kafka, Login.passwordOverTls("admin", admins, authority.certificate()));
                Admin wary = client(kafka, Login.passwordOverTls("admin", admins, stranger.certificate()))) {
            createTopic(admin);
            assertThatThrownBy(() -> describe(wary)).hasCauseInstanceOf(SslAuthenticationException.class);
        }

        // Given one that wants certificates
        try (EmbeddedKafka kafka = EmbeddedKafka.start(new BrokerOptions(directory.resolve("kafka"), 0)
                .secured(BrokerSecurity.certificates(server, "admin")));
                Admin admin = client(kafka, certificate(authority, authority, "admin"));
                Admin alice = client(kafka, certificate(authority, authority, "alice"));
                Admin forger = client(kafka, certificate(stranger, authority, "alice"));
                Admin nobody = client(kafka, Map.of("security.protocol", "SSL", "ssl.truststore.type", "PEM",
                        "ssl.truststore.location", authority.certificate().toString()))) {
            assertThatThrownBy(() -> describe(alice)).hasCauseInstanceOf(TopicAuthorizationException.class);
            allowToDescribe(admin, "alice");
            awaitAllowed(alice);
            assertThatThrownBy(() -> describe(forger)).hasCauseInstanceOf(SslAuthenticationException.class);
            assertThatThrownBy(() -> describe(nobody)).hasCauseInstanceOf(SslAuthenticationException.class);
        }
    }

    private static Map<String, String> certificate(CertificateAuthority issuer, CertificateAuthority trusted,
            String name) {
        return Login.certificate(new TlsFiles(issuer.issue(name, List.of()), trusted.certificate()));
    }

    private static Admin client(EmbeddedKafka kafka, Map<String, String> login) {
        Map<String, Object> settings = new HashMap<>(login);
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        settings.put("request.timeout.ms", 5000);
        settings.put("default.api.timeout.ms", 5000);
        return Admin.create(settings);
    }

    private static void createTopic(Admin admin) throws Exception {
        admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
    }

    private static void allowToDescribe(Admin admin, String user) throws Exception {
        admin.createAcls(List.of(new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, TOPIC, PatternType.LITERAL),
                new AccessControlEntry("User:" + user, "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW))))
                .all().get();
    }

    private static void describe(Admin client) throws Exception {
        client.describeTopics(List.of(TOPIC)).allTopicNames().get();
    }

    /** An ACL is known to the controller first, to the broker a moment later. */
    private static void awaitAllowed(Admin client) throws Exception {
        while (true) {
            try {
                describe(client);
                return;
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(TopicAuthorizationException.class);
            }
        }
    }
}
