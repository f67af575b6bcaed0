package org.fedbiot.infra;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;
import org.fedbiot.schemas.client.ScramUsers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A KRaft node, broker and controller, in this process: what {@code kafka-storage format} and
 * {@code kafka-server-start} do. It listens on the loopback interface only and keeps everything in its directory;
 * started again there, on any port, it goes on with what it had.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedKafka.class);

    private final KafkaRaftServer server;
    private final Path data;
    private final String bootstrapServers;
    private final Map<String, String> adminSettings;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedKafka(KafkaRaftServer server, Path data, String bootstrapServers,
            Map<String, String> adminSettings) {
        this.server = server;
        this.data = data;
        this.bootstrapServers = bootstrapServers;
        this.adminSettings = Map.copyOf(adminSettings);
    }

    /**
     * A node alone and open. Returns once the broker takes requests.
     *
     * @param directory made and formatted if need be; belongs to one running broker at a time
     * @param port of the client listener, 0 for any free one
     * @throws IllegalStateException if the port is in use, the directory is another broker's, or the broker does not
     *     start; one line that names it
     */
    public static EmbeddedKafka start(Path directory, int port) {
        return start(new BrokerOptions(directory, port));
    }

    /**
     * Returns once the broker takes requests and knows its users; one of several nodes, not before a majority of them
     * runs.
     *
     * @throws IllegalStateException if a port is in use, the directory is another broker's, or the broker does not
     *     start; one line that names it
     */
    public static EmbeddedKafka start(BrokerOptions options) {
        BrokerPorts ports = BrokerPorts.choose(options);
        BrokerDirectory.prepare(options);
        KafkaRaftServer server = null;
        try {
            server = new KafkaRaftServer(new KafkaConfig(BrokerConfig.of(options, ports)), Time.SYSTEM);
            server.startup();
            Map<String, String> adminSettings = options.security()
                    .map(security -> SecuredListeners.nodeClient(security, ports))
                    .orElseGet(() -> Map.of("bootstrap.servers", ports.address(BrokerConfig.CLIENT)));
            options.security().ifPresent(security -> setPasswords(adminSettings, security.users()));
            LOGGER.atInfo().addKeyValue("address", ports.address(BrokerConfig.CLIENT))
                    .addKeyValue("data", options.data()).log("Kafka is up");
            return new EmbeddedKafka(server, options.data(), ports.address(BrokerConfig.CLIENT), adminSettings);
        } catch (RuntimeException e) {
            stop(server, options.data());
            throw new IllegalStateException("Kafka does not start in " + options.directory() + " on port "
                    + ports.client() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Several nodes of one cluster in this process, started side by side since none is up without a majority.
     *
     * @throws IllegalStateException if one does not start; the others are stopped
     */
    public static List<EmbeddedKafka> startAll(List<BrokerOptions> nodes) {
        List<CompletableFuture<EmbeddedKafka>> starts = nodes.stream()
                .map(node -> CompletableFuture.supplyAsync(() -> start(node), task -> new Thread(task,
                        "kafka-node-" + node.nodeId() + "-start").start()))
                .toList();
        List<EmbeddedKafka> started = new ArrayList<>();
        CompletionException failure = null;
        for (CompletableFuture<EmbeddedKafka> start : starts) {
            try {
                started.add(start.join());
            } catch (CompletionException e) {
                failure = e;
            }
        }
        if (failure != null) {
            started.forEach(EmbeddedKafka::close);
            throw new IllegalStateException(failure.getCause().getMessage(), failure.getCause());
        }
        return started;
    }

    /**
     * Whether a broker could listen there now, to be known before anything is written for it.
     *
     * @param port 0 for any free one
     * @throws IllegalStateException if the port is in use; one line that names it
     */
    public static void requireFree(int port) {
        Ports.free("Kafka", port);
    }

    /**
     * Whether a broker runs on a directory now, in this process or another.
     *
     * @throws IllegalStateException if that cannot be found out
     */
    public static boolean isRunning(Path directory) {
        Path data = new BrokerOptions(directory, 0).data();
        return Files.isDirectory(data) && BrokerDirectory.isInUse(data);
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /**
     * For clients in this process that set the cluster up: they reach a secured broker as one of its nodes, whom no ACL
     * binds. Holds a password: not for printing.
     */
    public Map<String, String> adminSettings() {
        return adminSettings;
    }

    /** Returns once the broker is down and its files are closed, so that it can be started there again. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            stop(server, data);
        }
    }

    private static void setPasswords(Map<String, String> adminSettings, Map<String, Secret> users) {
        try (Admin admin = Admin.create(Map.copyOf(adminSettings))) {
            ScramUsers.put(admin, users.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, user -> user.getValue().value())));
        }
    }

    private static void stop(KafkaRaftServer server, Path data) {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            forget(data);
        }
    }

    /**
     * Kafka 4.3 leaves one gauge for each log directory in the registry of the process, and by that the whole broker on
     * the heap, 8 MB after a run: an experiment that starts one for each cell would end for want of memory.
     */
    private static void forget(Path data) {
        new KafkaMetricsGroup("kafka.log", "LogManager").removeMetric("LogDirectoryCordoned",
                Map.of("logDirectory", data.toAbsolutePath().toString()));
    }
}
