package org.fedbiot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.fedbiot.cli.process.ClientKeyFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What {@code --check} says of a process' file; nothing listens anywhere here. */
class ProcessCheckTest {

    private static final Path EXAMPLES = Path.of("..", "infra", "examples");
    private static final String CLUSTER = "cluster: {bootstrapServers: 'host:9092', schemaRegistry: 'http://host:8081'}\n";

    @TempDir
    private Path directory;

    private record Answer(int code, String out, String err) {
    }

    @Test
    void shouldPrintEveryKeyWithItsDefaults() throws IOException {
        Path file = write("aggregator.yaml", CLUSTER + "stateDirectory: state\n");

        Answer answer = fedbiot("aggregator", file.toString(), "--check");

        assertThat(answer.code()).isZero();
        assertThat(answer.out().lines()).contains(
                "cluster.bootstrapServers: host:9092",
                "cluster.schemaRegistry: http://host:8081",
                "cluster.security: not set",
                "stateDirectory: " + directory.resolve("state"),
                "threads: 1");
    }

    @Test
    void shouldSetKeysOverTheFileAndTakePathsFromWhereTheyStand() throws IOException {
        Path file = write("aggregator.yaml", CLUSTER + "stateDirectory: state\nthreads: 2\n");

        Answer answer = fedbiot("aggregator", file.toString(), "--set", "threads=3", "--set", "stateDirectory=here",
                "--set", "cluster.kafka.producer.batch.size=0", "--check");

        assertThat(answer.out().lines()).contains("threads: 3", "cluster.kafka.producer.batch.size: 0",
                "stateDirectory: " + Path.of("here").toAbsolutePath());
    }

    @Test
    void shouldNeedNoFileWhereKeysAreSet() {
        Answer answer = fedbiot("broker", "--set", "directory=" + directory.resolve("d"), "--set", "port=0", "--check",
                "--format", "json");

        assertThat(json(answer)).isEqualTo(new ObjectMapper().createObjectNode()
                .put("directory", directory.resolve("d").toString()).put("port", 0).put("registryPort", 8081)
                .putNull("node").putNull("security").putNull("metrics"));
    }

    @Test
    void shouldSayOfASecretOnlyWhereItComesFrom() throws IOException {
        // A variable that this process has whatever machine it runs on
        String value = System.getenv("PATH");
        Path file = write("coordinator.yaml", """
                cluster:
                  bootstrapServers: host:9093
                  schemaRegistry: http://host:8081
                  security: {protocol: SASL_SSL, username: coordinator, passwordVariable: PATH}
                """);

        Answer set = fedbiot("coordinator", file.toString(), "--check");
        Answer missing = fedbiot("coordinator", file.toString(), "--check", "--format", "json", "--set",
                "cluster.security.passwordVariable=FEDBIOT_NOT_SET_ANYWHERE");

        assertThat(set.code()).isZero();
        assertThat(set.out()).contains("cluster.security.passwordVariable: from $PATH, set").doesNotContain(value);
        assertThat(missing.code()).isEqualTo(Main.USER_ERROR);
        assertThat(json(missing).at("/cluster/security/passwordVariable")).isEqualTo(new ObjectMapper()
                .createObjectNode().put("variable", "FEDBIOT_NOT_SET_ANYWHERE").put("set", false));
        assertThat(missing.err()).contains(
                "cluster.security.passwordVariable: environment variable FEDBIOT_NOT_SET_ANYWHERE is not set");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "aggregator | stateDirectori: x | stateDirectori: unknown key, nearest is stateDirectory; known here: cluster",
        "aggregator | thread: 2 | thread: unknown key, nearest is threads",
        "aggregator | quiet: true | quiet: unknown key; known here: cluster",
        "aggregator | threads: 2 | stateDirectory: missing",
        "aggregator | {stateDirectory: s, threads: many} | threads: a whole number is expected, not \"many\"",
        "aggregator | {stateDirectory: s, threads: 0} | threads is at least 1, not 0",
        "worker server | {id: w, exportDirectory: e, drainTimeoutMillis: -1} | drainTimeoutMillis is at least 0, not -1",
        "worker server | {id: w, exportDirectory: e, device: gpu} | a device is cpu, cuda or cuda:<n>",
        "aggregator | {stateDirectory: [s]} | stateDirectory: a text is expected, not [\"s\"]",
        "broker | {directory: d, port: 70000} | port is between 0 and 65535, not 70000",
        "broker | {directory: d, node: {id: 4, clusterId: bGlrZS1zby1tYW55LTE2MA, controllerPorts: {1: 1}}} | node: contr",
        "broker | {directory: d, node: {id: 1, clusterId: x, controllerPorts: {1: 1}}} | node: clusterId is no Kafka id",
        "broker | {directory: d, security: {protocol: SSL}} | security: SSL needs truststore and keystore",
        "broker | {directory: d, security: {protocol: SASL_PLAINTEXT, users: {broker: P}}} | the nodes' own",
        "broker | {directory: d, security: {protocol: SASL_PLAINTEXT, users: {anna: a b}}} | security.users.anna: the name",
        "worker server | {id: '', exportDirectory: e} | id: a text is expected, not \"\"",
        "worker client | {cacheDirectory: c, clients: []} | clients names nobody",
        "worker client | {cacheDirectory: c, clients: [{id: a, keys: k}]} | clients[0].keys: unknown key, nearest is key",
        "worker client | {cacheDirectory: c, clients: [{id: a, key: k, data: d}, {id: a, key: k, data: d}]} | a twice",
        "worker client | {cacheDirectory: c, clients: [{id: a, key: k, data: d}]} | clients[0].key: cannot read",
    })
    void shouldNameFileAndKeyOfWhatItRefuses(String process, String yaml, String reason) throws IOException {
        JsonNode tree = new YAMLMapper().readTree(yaml);
        if (!process.equals("broker")) {
            ((ObjectNode) tree).set("cluster", new YAMLMapper().readTree(CLUSTER).get("cluster"));
        }
        Path file = write("process.yaml", new YAMLMapper().writeValueAsString(tree));

        Answer answer = fedbiot((process + " " + file + " --check").split(" "));

        assertThat(answer.code()).isEqualTo(Main.USER_ERROR);
        assertThat(answer.err()).startsWith("fedbiot: " + file + ": ").contains(reason).hasLineCount(1);
    }

    @Test
    void shouldRefuseAKeyThatStandsTwice() throws IOException {
        Path file = write("broker.yaml", "directory: a\ndirectory: b\n");

        assertThat(fedbiot("broker", file.toString(), "--check").err()).contains("broker.yaml:", "directory");
    }

    @Test
    void shouldRefuseAnothersKey() throws IOException {
        Path key = directory.resolve("bert.key.json");
        ClientKeyFile.generate("bert", key);
        Path file = write("client.yaml", CLUSTER + "cacheDirectory: c\nclients: [{id: anna, key: bert.key.json, data: "
                + write("anna.jsonl", "") + "}]\n");

        assertThat(fedbiot("worker", "client", file.toString(), "--check").err())
                .contains(key + ": is the key of client bert, not of anna");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldCheckEveryExample(String example, String process) throws IOException {
        // Given the files that it names, and variables that are set
        String yaml = Files.readString(EXAMPLES.resolve(example))
                .replaceAll("(: )FEDBIOT_[A-Z_]+", "$1PATH");
        Path file = write(example, yaml);
        for (String name : List.of("ca.pem", "anna.pem", "broker.pem", "train.jsonl", "held-out.jsonl", "anna.jsonl", "bert.jsonl",
                "cleo.jsonl")) {
            write(name, "");
        }
        for (String client : List.of("anna", "bert", "cleo")) {
            ClientKeyFile.generate(client, directory.resolve(client + ".key.json"));
        }

        List<String> words = new ArrayList<>(List.of(process.split(" ")));
        words.addAll(List.of(file.toString(), "--check"));
        Answer answer = fedbiot(words.toArray(String[]::new));

        assertThat(answer.err()).isEmpty();
        assertThat(answer.code()).isZero();
    }

    static Stream<Arguments> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("cluster.yaml")).sorted()
                    .map(name -> Arguments.of(name, processOf(name))).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource
    void shouldAcceptWhatContainersStartFrom(Path settings, String process) throws IOException {
        // Given the files of the container, here, and variables that are set
        write("ca.pem", "");
        write("train.jsonl", "");
        write("held-out.jsonl", "");
        String yaml = Files.readString(settings).replaceAll("(: )FEDBIOT_[A-Z_]+", "$1PATH")
                .replaceAll("(: )/(?:run|etc|srv)/\\S*?([^/\\s]+\\.(?:pem|json|jsonl))", "$1" + directory + "/$2");
        if (process.equals("worker client")) {
            String client = settings.getFileName().toString().replace(".yaml", "");
            ClientKeyFile.generate(client, directory.resolve("key.json"));
        }
        Path file = write(settings.getFileName().toString(), yaml);

        List<String> words = new ArrayList<>(List.of(process.split(" ")));
        words.addAll(List.of(file.toString(), "--check"));
        Answer answer = fedbiot(words.toArray(String[]::new));

        assertThat(answer.err()).isEmpty();
        assertThat(answer.code()).isZero();
    }

    static Stream<Arguments> shouldAcceptWhatContainersStartFrom() {
        Path compose = Path.of("..", "infra", "compose");
        Path kubernetes = Path.of("..", "infra", "kubernetes", "settings");
        return Stream.concat(
                Stream.of("cafe", "clinic", "depot").map(name -> Arguments.of(compose.resolve(name + ".yaml"),
                        "worker client")),
                Stream.of(compose, kubernetes).flatMap(folder -> Stream.of("coordinator", "aggregator", "server-worker")
                        .map(name -> Arguments.of(folder.resolve(name + ".yaml"), processOf(name)))));
    }

    private static String processOf(String example) {
        return switch (example.replace(".yaml", "")) {
            case "client", "simulated-clients" -> "worker client";
            case "server-worker" -> "worker server";
            case "secured-broker", "node-broker" -> "broker";
            default -> example.replace(".yaml", "");
        };
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private static JsonNode json(Answer answer) {
        try {
            return new ObjectMapper().readTree(answer.out());
        } catch (IOException e) {
            throw new AssertionError(answer.out(), e);
        }
    }

    private static Answer fedbiot(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = commandLine.execute(words);
        return new Answer(code, out.toString(), err.toString());
    }
}
