package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SecretsInLogsIT {

    @TempDir
    private Path directory;

    @Test
    void shouldNeverSayAPasswordHoweverMuchIsLogged() throws Exception {
        // Given passwords of a user, the nodes, the registry's writer, and one that is wrong
        Map<String, String> passwords = Map.of(SecuredStart.USERS, "Xusers-91c4", SecuredStart.NODES, "Xnodes-7d20",
                SecuredStart.REGISTRY, "Xregistry-b0e1", SecuredStart.WRONG, "Xwrong-44fa");
        ProcessBuilder process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx400m",
                "-cp", System.getProperty("java.class.path"),
                // Over what the test's own properties say: Kafka lists its whole configuration at info.
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.clients=debug",
                "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common=debug",
                "-Dorg.slf4j.simpleLogger.log.org.fedbiot=debug",
                SecuredStart.class.getName(), directory.toString()).redirectErrorStream(true);
        process.environment().putAll(passwords);

        // When a broker and a registry are started and used
        Process started = process.start();
        String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        // Then much was said, and of every secret that it is there, never what it is
        assertThat(started.waitFor()).as(said).isZero();
        assertThat(said).contains("sasl.jaas.config = [hidden]", "KafkaConfig values", "AdminClientConfig values",
                "ProducerConfig values", "failed authentication");
        List<String> encoded = passwords.values().stream().map(password -> Base64.getEncoder()
                .encodeToString(("admin:" + password).getBytes(StandardCharsets.UTF_8))).toList();
        assertThat(said).doesNotContain(passwords.values()).doesNotContain(encoded);
    }
}
