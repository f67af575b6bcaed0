package org.fedbiot.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.client.KafkaSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterSettingsTest {

    private static final String OPEN = "bootstrapServers: host:9092\nschemaRegistry: http://host:8081\n";
    private static final Map<String, String> ENVIRONMENT = Map.of("PASSWORD", "a \"quoted\" \\ one", "REGISTRY", "geheim");

    @TempDir
    private Path directory;

    @Test
    void shouldLogInWithThePasswordOfAVariable() throws IOException {
        KafkaSettings kafka = settings(OPEN + """
                security: {protocol: sasl_ssl, username: anna, passwordVariable: PASSWORD, truststore: ca.pem}
                """).connect(ENVIRONMENT);

        Properties admin = kafka.admin();
        assertThat(admin).containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                .containsEntry("ssl.truststore.type", "PEM")
                .containsEntry("ssl.truststore.location", directory.resolve("ca.pem").toString());
        // Kafka's own reader of this language must get back what was put in.
        assertThat(JaasContext.loadClientContext(Map.of("sasl.jaas.config",
                        new Password(admin.getProperty("sasl.jaas.config")))).configurationEntries())
                .singleElement().satisfies(entry -> {
                    assertThat(entry.getLoginModuleName()).endsWith("ScramLoginModule");
                    assertThat(entry.getOptions().get("username")).isEqualTo("anna");
                    assertThat(entry.getOptions().get("password")).isEqualTo(ENVIRONMENT.get("PASSWORD"));
                });
        assertThat(kafka.toString()).contains("sasl.jaas.config").doesNotContain("quoted");
    }

    @Test
    void shouldProveItselfByACertificate() throws IOException {
        Properties producer = settings(OPEN + """
                security: {protocol: SSL, truststore: /etc/ca.pem, keystore: anna.pem, keyPasswordVariable: PASSWORD}
                """).connect(ENVIRONMENT).producer("any");

        assertThat(producer).containsEntry("security.protocol", "SSL")
                .containsEntry("ssl.truststore.location", "/etc/ca.pem")
                .containsEntry("ssl.keystore.type", "PEM")
                .containsEntry("ssl.keystore.location", directory.resolve("anna.pem").toString())
                .containsEntry("ssl.key.password", ENVIRONMENT.get("PASSWORD"))
                .doesNotContainKey("sasl.jaas.config");
    }

    @Test
    void shouldGiveTheRegistryItsOwnCredentials() throws IOException {
        Properties consumer = settings(OPEN + """
                registry: {username: anna, passwordVariable: REGISTRY, truststore: ca.pem}
                kafka:
                  consumer.fetch.max.bytes: 1000
                  producer: {batch: {size: 0}}
                """).connect(ENVIRONMENT).consumer("any", Optional.empty());

        assertThat(consumer).containsEntry("basic.auth.user.info", "anna:geheim")
                .containsEntry("schema.registry.ssl.truststore.location", directory.resolve("ca.pem").toString())
                .containsEntry("fetch.max.bytes", "1000")
                .doesNotContainKey("batch.size");
    }

    @Test
    void shouldNameAVariableThatIsNotSet() throws IOException {
        ClusterSettings settings = settings(OPEN
                + "security: {protocol: SASL_PLAINTEXT, username: anna, passwordVariable: NOWHERE}\n");

        assertThatThrownBy(() -> settings.connect(ENVIRONMENT)).isInstanceOf(UserError.class)
                .hasMessageContaining("host:9092").hasMessageContaining("environment variable NOWHERE is not set");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "security: {protocol: SASL_SSL, username: anna} | security: SASL_SSL needs username and passwordVariable",
        "security: {protocol: SSL, username: anna, passwordVariable: P} | security: SSL has no use for username",
        "security: {protocol: SSL, truststore: ca.pem} | security: SSL needs a keystore",
        "security: {protocol: PLAINTEXT} | security: protocol PLAINTEXT secures nothing",
        "security: {protocol: SASL} | security.protocol: one of [PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL] is expected",
        "security: {protocol: SASL_SSL, mechanism: GSSAPI, username: a, passwordVariable: P} | security: mechanism is one",
        "security: {protokoll: SSL} | security.protokoll: unknown key, nearest is protocol; known here: keyPassword",
        "security: {protocol: SASL_SSL, username: a, passwordVariable: my secret} | passwordVariable: the name of an env",
        "registry: {username: anna} | registry: username and passwordVariable go together",
        "kafka: {acks: '1'} | Kafka setting acks cannot be changed",
        "kafka: {producer.ssl.key.password: x} | kafka.producer.ssl.key.password: a file is no place for a secret",
        "kafka: {sasl.jaas.config: x} | kafka.sasl.jaas.config: a file is no place for a secret",
        "kafka: [a] | kafka: a section of keys is expected",
    })
    void shouldRefuseWhatCannotBe(String section, String reason) {
        assertThatThrownBy(() -> settings(OPEN + section + "\n")).isInstanceOf(UserError.class)
                .hasMessageStartingWith(directory.resolve("cluster.yaml") + ": ").hasMessageContaining(reason)
                .hasMessageNotContaining("my secret");
    }

    @Test
    void shouldRefuseASettingThatSecurityHas() {
        assertThatThrownBy(() -> settings(OPEN + """
                security: {protocol: SASL_SSL, username: anna, passwordVariable: PASSWORD}
                kafka: {admin.security.protocol: PLAINTEXT}
                """)).hasMessageContaining("kafka.admin.security.protocol: stands in security already");
    }

    @Test
    void shouldRefuseAPasswordInTheRegistrysAddress() {
        assertThatThrownBy(() -> settings("bootstrapServers: h:1\nschemaRegistry: http://a:geheim@h:2\n"))
                .hasMessageContaining("schemaRegistry holds a password").hasMessageNotContaining("geheim");
    }

    @Test
    void shouldReadTheExample() {
        ClusterSettings example = ClusterSettings.ofFile(Path.of("..", "infra", "examples", "cluster.yaml"));

        assertThat(example.connect(Map.of("FEDBIOT_PASSWORD", "a", "FEDBIOT_REGISTRY_PASSWORD", "b")).admin())
                .containsEntry("security.protocol", "SASL_SSL").containsEntry("basic.auth.user.info", "operator:b");
    }

    private ClusterSettings settings(String yaml) throws IOException {
        return ClusterSettings.ofFile(Files.writeString(directory.resolve("cluster.yaml"), yaml));
    }
}
