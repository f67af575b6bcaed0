package org.fedbiot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.fedbiot.infra.BrokerOptions;
import org.fedbiot.infra.BrokerSecurity;
import org.fedbiot.infra.CertificateAuthority;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.TlsFiles;
import org.fedbiot.schemas.topic.AccessPlan;
import org.fedbiot.schemas.topic.AccessRules;
import org.fedbiot.schemas.topic.Role;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What an operator types to let clients in and out of a cluster, on one that asks for certificates. */
@Timeout(120)
class AccessCommandsIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private record Said(int code, String out, String err) {
    }

    @Test
    void shouldLetClientsInAndOut() throws Exception {
        Path ca = directory.resolve("ca");
        Path server = Path.of(run("certificate", "server", "--dir", ca.toString(), "--host", "127.0.0.1",
                "--host", "localhost").out().strip());
        Path admins = Path.of(run("certificate", "admin", "--dir", ca.toString()).out().strip());
        CertificateAuthority authority = CertificateAuthority.in(ca);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(new BrokerOptions(directory.resolve("kafka"), 0).secured(
                BrokerSecurity.certificates(new TlsFiles(server, authority.certificate()), "admin")));
                Admin admin = Admin.create(Map.copyOf(kafka.adminSettings()))) {
            Path cluster = Files.writeString(directory.resolve("cluster.yaml"), """
                    bootstrapServers: %s
                    schemaRegistry: http://127.0.0.1:1
                    security: {protocol: SSL, truststore: %s, keystore: %s}
                    """.formatted(kafka.bootstrapServers(), authority.certificate(), admins));
            String[] apply = {"acl", "apply", "--cluster", cluster.toString(), "--client", "anna"};

            // When the topics are made, and made again
            String[] topics = {"topics", "--cluster", cluster.toString(), "--replicas", "1"};
            assertThat(run(topics).out()).isEqualTo(run(topics).out()).contains("as the catalogue says");
            assertThat(admin.listTopics().names().get()).containsAll(Topics.ALL.stream().map(Topic::name).toList());

            // When it is only asked what would be done
            JsonNode plan = JSON.readTree(run(with(apply, "--client", "bert", "--dry-run", "--format", "json")).out());

            // Then everything would be added, and nothing was
            assertThat(plan.path("added")).hasSize(AccessPlan.of(Set.of("anna", "bert")).rules().size());
            assertThat(plan.path("dryRun").booleanValue()).isTrue();
            assertThat(rules(admin)).isEmpty();

            // When two are let in, twice, and one is not named any more
            assertThat(run(with(apply, "--client", "bert")).out()).contains("removed 0");
            assertThat(run(with(apply, "--client", "bert")).out()).contains("added 0", "removed 0");
            assertThat(rules(admin)).containsAll(AccessRules.of(Role.CLIENT, "bert"));
            assertThat(run(apply).out()).contains("added 0",
                    "removed " + AccessRules.of(Role.CLIENT, "bert").size(), "User:bert");

            // Then the rules are those of the other one and the server
            assertThat(rules(admin)).containsExactlyInAnyOrderElementsOf(AccessPlan.of(Set.of("anna")).rules());

            // When a user is made, its password is in the file alone, and it can be taken away again
            Path password = directory.resolve("anna.password");
            Said added = run("user", "add", "anna", "--cluster", cluster.toString(), "--to", password.toString());
            String secret = Files.readString(password).strip();
            assertThat(added.out() + added.err()).contains("anna").doesNotContain(secret);
            assertThat(Files.getPosixFilePermissions(password))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(admin.describeUserScramCredentials().all().get()).containsOnlyKeys("anna");
            assertThat(refused("user", "add", "anna", "--cluster", cluster.toString(), "--to", password.toString()))
                    .contains("is there already");
            run("user", "remove", "anna", "--cluster", cluster.toString());
            assertThat(refused("user", "remove", "anna", "--cluster", cluster.toString())).contains("user anna");
        }
    }

    @Test
    void shouldPrintTheRulesOfAFileAndRefuseAClientWithAServersName() throws Exception {
        Path principals = Files.writeString(directory.resolve("principals.yaml"),
                "serverWorkers: [gpu-1, gpu-2]\nclients: [anna]\n");

        JsonNode rules = JSON.readTree(
                run("acl", "print", "--principals", principals.toString(), "--format", "json").out());

        assertThat(rules.findValuesAsText("principal")).contains("User:gpu-1", "User:gpu-2", "User:anna",
                "User:coordinator").doesNotContain("User:server-worker");
        assertThat(run("acl", "print", "--client", "anna").out().lines()
                .filter(line -> line.startsWith("User:anna ") && line.contains(" read"))
                .map(line -> line.replaceAll(" +", " "))).containsExactly(
                        "User:anna topic fedbiot.round.announce.v1 read",
                        "User:anna topic fedbiot.emulator.manifest.v1 read",
                        "User:anna topic fedbiot.emulator.chunk.v1 read",
                        "User:anna topic fedbiot.adapter.manifest.v1 read",
                        "User:anna topic fedbiot.adapter.shard.v1 read",
                        "User:anna group fedbiot-client-anna read");
        assertThat(refused("acl", "print", "--client", "operator")).contains("client operator");
        assertThat(refused("acl", "print")).contains("--client");
        Files.writeString(principals, "clients: [anna]\nclientz: [bert]\n");
        assertThat(refused("acl", "print", "--principals", principals.toString())).contains("clientz");
    }

    @Test
    void shouldWriteWhatStrimziIsToMake() throws Exception {
        run("strimzi", "--client", "anna", "--name", "ours", "--to", directory.resolve("strimzi").toString());

        assertThat(Files.readString(directory.resolve("strimzi").resolve("topics.yaml")))
                .contains("kind: KafkaTopic", "name: " + Topics.DECISION.name(), "strimzi.io/cluster: ours");
        assertThat(Files.readString(directory.resolve("strimzi").resolve("users.yaml")))
                .contains("kind: KafkaUser", "name: anna", "name: coordinator", "name: fedbiot-client-anna");
        assertThat(refused("strimzi", "--client", "Anna", "--to", directory.toString())).contains("Anna", "lower case");
    }

    private static Set<AclBinding> rules(Admin admin) throws Exception {
        return Set.copyOf(admin.describeAcls(AclBindingFilter.ANY).values().get());
    }

    private static String[] with(String[] command, String... more) {
        return Stream.concat(List.of(command).stream(), List.of(more).stream())
                .toArray(String[]::new);
    }

    private static Said run(String... command) {
        Said said = execute(command);
        assertThat(said.code()).as(said.err()).isZero();
        return said;
    }

    private static String refused(String... command) {
        Said said = execute(command);
        assertThat(said.code()).isEqualTo(Main.USER_ERROR);
        return said.err();
    }

    private static Said execute(String... command) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = line.execute(command);
        return new Said(code, out.toString(), err.toString());
    }
}
