package org.fedbiot.cli.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.ClusterSettings;
import org.fedbiot.cli.process.ClientKeyFile;
import org.fedbiot.infra.CertificateAuthority;
import org.fedbiot.infra.Ports;
import org.fedbiot.infra.Quorum;
import org.fedbiot.schemas.client.KafkaSettings;

/**
 * The directory of a local cluster: a file of settings and one of secrets for each process, certificates, clients' keys,
 * and {@code operator.yaml} with {@code operator.env} for whoever runs it. Ports are chosen once, from those that are
 * free. Clients' text is put there by others: {@code clients/ID/train.jsonl} and {@code held-out.jsonl}.
 */
public final class LocalClusterFiles {

    private static final String PROCESSES = "processes";
    private static final String OPERATOR = "operator";
    private static final String HOST = "127.0.0.1";
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Path directory;
    private final Layout layout;
    private final List<Quorum> seats;
    private final List<Integer> ports = new ArrayList<>();
    private final int registryPort = Ports.free("the schema registry", 0);

    private LocalClusterFiles(Path directory, Layout layout) {
        this.directory = directory.toAbsolutePath().normalize();
        this.layout = layout;
        this.seats = Quorum.onFreePorts(layout.brokers());
        seats.forEach(seat -> ports.add(Ports.free("Kafka", 0)));
    }

    /** Where a client's text belongs. */
    public static Path client(Path directory, String id) {
        return directory.resolve("clients").resolve(id);
    }

    /** What a process, or the operator, is to have in its environment. */
    public static Map<String, String> environment(Path directory, String name) {
        Path file = directory.resolve(name + ".env");
        try {
            return Files.readAllLines(file).stream().map(line -> line.split("=", 2))
                    .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** How the operator reaches the cluster, whom no rule binds there. */
    public static KafkaSettings operator(Path directory) {
        return ClusterSettings.ofFile(directory.resolve(OPERATOR + ".yaml")).connect(environment(directory, OPERATOR));
    }

    /** Whether the directory is a local cluster's already. */
    public static boolean areThere(Path directory) {
        return Files.exists(directory.resolve(PROCESSES));
    }

    /**
     * Writes them.
     *
     * @return the processes, also named in the file {@code processes}, a line of name and command for each
     * @throws UserError if they are there already, or cannot be written
     */
    public static List<LocalProcess> write(Path directory, Layout layout) {
        if (areThere(directory)) {
            throw new UserError(directory + ": holds a local cluster already");
        }
        try {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------")));
            LocalClusterFiles files = new LocalClusterFiles(directory, layout);
            List<LocalProcess> processes = layout.processes();
            files.writeAll(processes);
            return processes;
        } catch (IOException e) {
            throw new UserError(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private void writeAll(List<LocalProcess> processes) throws IOException {
        CertificateAuthority authority = CertificateAuthority.in(directory.resolve("certificates"));
        authority.issue("broker", List.of(HOST, "localhost"));
        Set<String> principals = new TreeSet<>(Set.of(OPERATOR));
        processes.stream().filter(process -> !process.isBroker()).map(LocalProcess::principal).forEach(principals::add);
        Passwords passwords = new Passwords(List.copyOf(principals));
        for (String client : layout.clients()) {
            Files.createDirectories(client(directory, client));
            ClientKeyFile.generate(client, client(directory, client).resolve("key.json"));
        }
        for (LocalProcess process : processes) {
            writeYaml(process.name(), settings(process, principals));
            writeSecrets(process.name(), passwords.environment(process));
        }
        writeYaml(OPERATOR, cluster(OPERATOR));
        writeSecrets(OPERATOR, passwords.own(OPERATOR));
        // Last: with it the directory is whole.
        Files.write(directory.resolve(PROCESSES), processes.stream()
                .map(process -> process.name() + " " + process.command()).toList());
    }

    private ObjectNode settings(LocalProcess process, Set<String> principals) {
        if (process.isBroker()) {
            return broker(Integer.parseInt(process.name().replaceAll("\\D", "")), principals);
        }
        ObjectNode settings = NODES.objectNode();
        switch (process.command()) {
            case "registry" -> {
                settings.put("bootstrapServers", bootstrapServers()).put("port", registryPort);
                settings.set("security", security("registry"));
            }
            case "coordinator" -> settings.set("cluster", cluster(process.principal()));
            case "aggregator" -> settings.put("stateDirectory", "data/" + process.name())
                    .set("cluster", cluster(process.principal()));
            case "worker server" -> settings.put("id", process.name()).put("exportDirectory", "data/export")
                    .put("coresDirectory", "data/cores").set("cluster", cluster(process.principal()));
            case "worker client" -> {
                String text = "clients/" + process.principal() + "/";
                settings.put("cacheDirectory", "data/" + process.name()).put("coresDirectory", "data/cores")
                        .set("cluster", cluster(process.principal()));
                settings.putArray("clients").addObject().put("id", process.principal()).put("key", text + "key.json")
                        .put("data", text + "train.jsonl").put("heldOut", text + "held-out.jsonl");
            }
            default -> throw new IllegalStateException("no file for " + process);
        }
        return settings;
    }

    private ObjectNode broker(int node, Set<String> principals) {
        Quorum seat = seats.get(node - 1);
        ObjectNode settings = NODES.objectNode().put("directory", "data/broker-" + node)
                .put("port", ports.get(node - 1));
        ObjectNode place = settings.putObject("node").put("id", node).put("clusterId", seat.clusterId());
        ObjectNode controllers = place.putObject("controllerPorts");
        seat.controllerPorts().forEach((id, port) -> controllers.put(id.toString(), port));
        ObjectNode security = settings.putObject("security").put("protocol", "SASL_SSL")
                .put("truststore", "certificates/ca.pem").put("keystore", "certificates/broker.pem")
                .put("nodePasswordVariable", Passwords.NODES);
        ObjectNode users = security.putObject("users");
        principals.forEach(principal -> users.put(principal, Passwords.variable(principal)));
        security.putArray("superUsers").add(OPERATOR);
        return settings;
    }

    private ObjectNode cluster(String principal) {
        ObjectNode cluster = NODES.objectNode().put("bootstrapServers", bootstrapServers())
                .put("schemaRegistry", "http://" + HOST + ":" + registryPort);
        cluster.set("security", security(principal));
        return cluster;
    }

    private static ObjectNode security(String principal) {
        return NODES.objectNode().put("protocol", "SASL_SSL").put("username", principal)
                .put("passwordVariable", Passwords.OWN).put("truststore", "certificates/ca.pem");
    }

    private String bootstrapServers() {
        return ports.stream().map(port -> HOST + ":" + port).collect(Collectors.joining(","));
    }

    private void writeYaml(String name, ObjectNode settings) throws IOException {
        YAML.writeValue(directory.resolve(name + ".yaml").toFile(), settings);
    }

    private void writeSecrets(String name, List<String> lines) throws IOException {
        Path file = directory.resolve(name + ".env");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, lines);
    }
}
