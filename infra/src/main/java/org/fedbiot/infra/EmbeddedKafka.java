package org.fedbiot.infra;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One KRaft node, broker and controller, in this process: what {@code kafka-storage format} and
 * {@code kafka-server-start} do. It listens on the loopback interface only and keeps everything in its directory;
 * started again there, on any port, it goes on with what it had.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final int NODE_ID = 1;
    private static final String HOST = "127.0.0.1";
    private static final String CONTROLLER = "CONTROLLER";

    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedKafka(KafkaRaftServer server, String bootstrapServers) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Returns once the broker takes requests.
     *
     * @param directory made and formatted if need be; belongs to one running broker at a time
     * @param port of the client listener, 0 for any free one
     * @throws IllegalStateException if the port is in use, the directory is another broker's, or the broker does not
     *     start; one line that names it
     */
    public static EmbeddedKafka start(Path directory, int port) {
        int clientPort = Ports.free("Kafka", port);
        int controllerPort = Ports.free("Kafka's controller", 0);
        Path data = directory.toAbsolutePath().resolve("data");
        format(data);
        checkNotRunning(data);
        KafkaRaftServer server = null;
        try {
            server = new KafkaRaftServer(new KafkaConfig(config(data, clientPort, controllerPort)), Time.SYSTEM);
            server.startup();
        } catch (RuntimeException e) {
            stop(server);
            throw new IllegalStateException("Kafka does not start in " + directory + " on port " + clientPort + ": "
                    + e.getMessage(), e);
        }
        LOGGER.info("Kafka listens on {}:{}, data in {}", HOST, clientPort, data);
        return new EmbeddedKafka(server, HOST + ":" + clientPort);
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

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Returns once the broker is down and its files are closed, so that it can be started there again. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            stop(server);
        }
    }

    private static void stop(KafkaRaftServer server) {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
        }
    }

    private static Map<String, String> config(Path data, int clientPort, int controllerPort) {
        Map<String, String> config = new HashMap<>();
        config.put("process.roles", "broker,controller");
        config.put("node.id", Integer.toString(NODE_ID));
        config.put("listeners", "CLIENT://" + HOST + ":" + clientPort + "," + CONTROLLER + "://" + HOST + ":"
                + controllerPort);
        config.put("advertised.listeners", "CLIENT://" + HOST + ":" + clientPort);
        config.put("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        config.put("controller.listener.names", CONTROLLER);
        config.put("inter.broker.listener.name", "CLIENT");
        config.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
        config.put("log.dirs", data.toString());
        // Topics are the catalogue's; one that a typo makes would swallow records.
        config.put("auto.create.topics.enable", "false");
        for (String internal : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            config.put(internal + ".replication.factor", "1");
            config.put(internal + ".num.partitions", "4");
        }
        config.put("transaction.state.log.min.isr", "1");
        config.put("share.coordinator.state.topic.min.isr", "1");
        // Killed and started again, the node is let in when the session of its earlier life has run out: 9 s by default.
        config.put("broker.heartbeat.interval.ms", "1000");
        config.put("broker.session.timeout.ms", "6000");
        // What a killed writer left open stands in every reader's way until this finds it: 10 s by default.
        config.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        // Nobody else is coming: a group need not wait for more members.
        config.put("group.initial.rebalance.delay.ms", "0");
        // The defaults are for a machine of its own; this heap is shared with everything else.
        config.put("num.network.threads", "2");
        config.put("num.io.threads", "4");
        config.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 * 1024 * 1024));
        config.put("log.segment.bytes", Integer.toString(256 * 1024 * 1024));
        return config;
    }

    /** A broker holds this lock as long as it runs; found out first, it is one line instead of a failed start. */
    private static void checkNotRunning(Path data) {
        try (FileChannel channel = FileChannel.open(data.resolve(".lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE); FileLock lock = channel.tryLock()) {
            if (lock != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            LOGGER.debug("the broker on {} runs in this process", data, e);
        } catch (IOException e) {
            throw new IllegalStateException("cannot lock Kafka's directory " + data + ": " + e, e);
        }
        throw new IllegalStateException("another broker runs on " + data + ": stop it, or use another directory");
    }

    private static void format(Path data) {
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        try {
            Files.createDirectories(data);
            new Formatter()
                    .setNodeId(NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                    .addDirectory(data.toString())
                    .setControllerListenerName(CONTROLLER)
                    .setMetadataLogDirectory(data.toString())
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setIgnoreFormatted(true)
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .run();
        } catch (IOException e) {
            throw new IllegalStateException("cannot make Kafka's directory " + data + ": " + e, e);
        } catch (Exception e) { // the formatter declares no narrower type
            throw new IllegalStateException("cannot format Kafka's directory " + data + ": " + e.getMessage(), e);
        }
    }
}
