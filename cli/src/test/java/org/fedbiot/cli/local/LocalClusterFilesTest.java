package org.fedbiot.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.client.KafkaSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterFilesTest {

    private static final Layout LAYOUT = new Layout(3, 2, List.of("anna", "bert"));

    @TempDir
    private Path root;

    private Path directory;
    private List<LocalProcess> processes;

    @BeforeEach
    void write() {
        directory = root.resolve("cluster");
        processes = LocalClusterFiles.write(directory, LAYOUT);
    }

    @Test
    void shouldGiveEveryProcessAFileAndAPasswordOfItsOwn() throws IOException {
        assertThat(processes).extracting(LocalProcess::name).containsExactly("broker-1", "broker-2", "broker-3",
                "registry", "coordinator", "aggregator-1", "aggregator-2", "server-1", "client-anna", "client-bert");
        assertThat(Files.readAllLines(directory.resolve("processes"))).contains("broker-2 broker",
                "server-1 worker server", "client-bert worker client").hasSameSizeAs(processes);

        assertThat(password("client-anna")).isNotEqualTo(password("client-bert")).isNotEqualTo(password("operator"));
        assertThat(password("aggregator-1")).isEqualTo(password("aggregator-2"));
        assertThat(LocalClusterFiles.environment(directory, "broker-1"))
                .isEqualTo(LocalClusterFiles.environment(directory, "broker-3"))
                .containsEntry("FEDBIOT_PASSWORD_OF_ANNA", password("client-anna"));
    }

    @Test
    void shouldKeepSecretsInFilesOfTheirOwn() throws IOException {
        Set<String> secrets = new HashSet<>();
        for (LocalProcess process : processes) {
            Path secret = directory.resolve(process.name() + ".env");
            assertThat(Files.getPosixFilePermissions(secret)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            secrets.addAll(LocalClusterFiles.environment(directory, process.name()).values());
        }
        assertThat(Files.getPosixFilePermissions(directory)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        for (LocalProcess process : processes) {
            assertThat(Files.readString(directory.resolve(process.name() + ".yaml"))).doesNotContain(secrets);
        }
    }

    @Test
    void shouldGiveTheOperatorAllBrokersAndALogin() {
        KafkaSettings operator = LocalClusterFiles.operator(directory);

        assertThat(operator.bootstrapServers().split(",")).hasSize(3).doesNotHaveDuplicates();
        assertThat(operator.overrides()).containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("ssl.truststore.location", directory.resolve("certificates/ca.pem").toString());
    }

    @Test
    void shouldNeverWriteOverACluster() {
        assertThatThrownBy(() -> LocalClusterFiles.write(directory, LAYOUT)).isInstanceOf(UserError.class)
                .hasMessageContaining("holds a local cluster already");
        assertThatThrownBy(() -> new Layout(3, 1, List.of("a", "a"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Layout(0, 1, List.of("a"))).isInstanceOf(IllegalArgumentException.class);
    }

    private String password(String process) {
        return LocalClusterFiles.environment(directory, process).get("FEDBIOT_PASSWORD");
    }
}
