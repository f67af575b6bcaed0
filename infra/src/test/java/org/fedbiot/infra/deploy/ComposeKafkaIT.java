package org.fedbiot.infra.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.fedbiot.infra.Secret;
import org.fedbiot.schemas.client.AclChange;
import org.fedbiot.schemas.client.ScramUsers;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.topic.AccessPlan;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker's file of {@code infra/compose} and the certificates of {@code infra/make-secrets}, on a broker of the same
 * code as the image has; only its host, ports and paths are others.
 */
@Timeout(120)
class ComposeKafkaIT {

    private static final List<Integer> PORTS = List.of(9093, 9094, 9095);

    @TempDir
    private Path directory;
    private KafkaRaftServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
        }
    }

    @Test
    void shouldLetTheAdminInByCertificateAndOthersByPasswordForWhatTheyMay() throws Exception {
        // Given
        Path secrets = makeSecrets();
        Map<Integer, Integer> ports = freePorts();
        start(secrets, ports);
        Secret password = Secret.random();

        // When the admin does what init does
        try (Admin admin = Admin.create(Map.<String, Object>of(
                "bootstrap.servers", "localhost:" + ports.get(9094), "security.protocol", "SSL",
                "ssl.truststore.type", "PEM", "ssl.truststore.location", secrets.resolve("authority/ca.pem").toString(),
                "ssl.keystore.type", "PEM", "ssl.keystore.location", secrets.resolve("admin/admin.pem").toString()))) {
            TopicCreation.createMissing(admin, (short) 1);
            AclChange.between(admin, AccessPlan.of(Set.of("clinic"))).apply(admin);
            ScramUsers.put(admin, Map.of("clinic", password.value()));
        }

        // Then a client sees its topics and no others
        try (Admin clinic = Admin.create(client(secrets, ports, password))) {
            assertThat(clinic.listTopics().names().get()).contains(Topics.ROUND_ANNOUNCE.name())
                    .doesNotContain(Topics.DECISION.name(), Topics.SERVER_TASK.name());
            assertThatThrownBy(() -> clinic.describeTopics(List.of(Topics.DECISION.name())).allTopicNames().get())
                    .isInstanceOf(ExecutionException.class).hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    private static Map<String, Object> client(Path secrets, Map<Integer, Integer> ports, Secret password) {
        return Map.of("bootstrap.servers", "localhost:" + ports.get(9093), "security.protocol", "SASL_SSL",
                "sasl.mechanism", "SCRAM-SHA-512", "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"clinic\" password=\""
                        + password.value() + "\";",
                "ssl.truststore.type", "PEM", "ssl.truststore.location",
                secrets.resolve("authority/ca.pem").toString());
    }

    private Path makeSecrets() throws IOException, InterruptedException {
        assumeTrue(Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "openssl"))), "openssl is not on the PATH");
        Path secrets = directory.resolve("secrets");
        Process script = new ProcessBuilder("./make-secrets", secrets.toString()).inheritIO()
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assertThat(script.waitFor()).isZero();
        return secrets;
    }

    private void start(Path secrets, Map<Integer, Integer> ports) throws Exception {
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of("compose", "kafka.properties"))) {
            properties.load(file);
        }
        Path data = directory.resolve("data");
        properties.replaceAll((key, value) -> local(value.toString(), secrets, data, ports));
        new Formatter().setNodeId(1).setClusterId(Uuid.randomUuid().toString())
                .setSupportedFeatures(Feature.PRODUCTION_FEATURES).addDirectory(data.toString())
                .setControllerListenerName("CONTROLLER").setMetadataLogDirectory(data.toString())
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream())).run();
        server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
        server.startup();
    }

    private static String local(String value, Path secrets, Path data, Map<Integer, Integer> ports) {
        String local = value.replace("kafka:", "localhost:").replace("/etc/kafka/secrets", secrets + "/kafka")
                .replace("/var/lib/kafka/data", data.toString()).replace("://:", "://localhost:");
        for (Map.Entry<Integer, Integer> port : ports.entrySet()) {
            local = local.replace(":" + port.getKey(), ":" + port.getValue());
        }
        return local;
    }

    /** Held open together, so that no two are the same. */
    private static Map<Integer, Integer> freePorts() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int unused : PORTS) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return PORTS.stream().collect(Collectors.toMap(port -> port,
                    port -> held.get(PORTS.indexOf(port)).getLocalPort()));
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }
}
