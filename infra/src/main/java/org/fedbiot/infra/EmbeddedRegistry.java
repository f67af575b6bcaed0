package org.fedbiot.infra;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry for one machine: the part of Confluent's REST API that Avro clients use, on the loopback interface
 * only. Its state is a fold of a compacted topic, so ids stay what they were over a restart. A schema must be
 * BACKWARD_TRANSITIVE unless its subject is set otherwise.
 */
public final class EmbeddedRegistry implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedRegistry.class);
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    /** With its escapes it must still fit into a record of the registry's topic. */
    private static final int MAX_BODY_BYTES = 256 * 1024;
    private static final int THREADS = 4;

    private final RegistryLog log;
    private final RegistryApi api;
    private final RegistryAccess access;
    private final HttpServer server;
    private final ExecutorService executor;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedRegistry(RegistryLog log, RegistryApi api, RegistryAccess access, HttpServer server,
            ExecutorService executor) {
        this.log = log;
        this.api = api;
        this.access = access;
        this.server = server;
        this.executor = executor;
    }

    /**
     * Returns once it answers. A registry that another process has open on the same topic can write no more from here
     * on: it is fenced.
     *
     * @param port 0 for any free one
     * @throws IllegalStateException if the port is in use, or the topic holds what no registry wrote
     */
    public static EmbeddedRegistry start(String bootstrapServers, int port) {
        return start(Map.of("bootstrap.servers", bootstrapServers), port);
    }

    /**
     * As {@link #start(String, int)}, for a broker that wants to know who comes.
     *
     * @param kafka settings of Kafka's clients, as {@link EmbeddedKafka#adminSettings()} has them
     */
    public static EmbeddedRegistry start(Map<String, String> kafka, int port) {
        return start(kafka, port, RegistryAccess.open());
    }

    /**
     * As {@link #start(Map, int)}; where not everybody may register a schema, all of the catalogue's are there from the
     * start.
     */
    public static EmbeddedRegistry start(Map<String, String> kafka, int port, RegistryAccess access) {
        HttpServer server = listen(port);
        RegistryState state = new RegistryState();
        RegistryLog log;
        try {
            log = RegistryLog.open(kafka, state);
        } catch (RuntimeException e) {
            server.stop(0);
            throw e;
        }
        ExecutorService executor = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "schema-registry");
            thread.setDaemon(true);
            return thread;
        });
        RegistryApi api = new RegistryApi(state, log);
        if (access.isRestricted()) {
            api.registerCatalogue();
        }
        EmbeddedRegistry registry = new EmbeddedRegistry(log, api, access, server, executor);
        server.createContext("/", registry::handle);
        server.setExecutor(executor);
        server.start();
        LOGGER.atInfo().addKeyValue("url", registry.url()).addKeyValue("subjects", state.subjects().size())
                .log("schema registry is up");
        return registry;
    }

    /** For {@code schema.registry.url}. */
    public String url() {
        return "http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            server.stop(0);
            executor.shutdown();
            log.close();
        }
    }

    private static HttpServer listen(int port) {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw Ports.inUse("the schema registry", port, e);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode answer;
            int status = 200;
            try {
                access.check(exchange.getRequestMethod(), path(exchange),
                        exchange.getRequestHeaders().getFirst("Authorization"));
                answer = api.answer(exchange.getRequestMethod(), path(exchange), body(exchange));
            } catch (RegistryRefusal e) {
                status = e.httpStatus();
                answer = error(e.errorCode(), e.getMessage());
            } catch (RuntimeException e) {
                LOGGER.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
                status = 500;
                answer = error(status, "Internal error: " + e);
            }
            byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static JsonNode error(int code, String message) {
        return RegistryRecord.JSON.createObjectNode().put("error_code", code).put("message", message);
    }

    /** Split before it is decoded: a subject may have an escaped slash in its name. */
    private static List<String> path(HttpExchange exchange) {
        return Arrays.stream(exchange.getRequestURI().getRawPath().split("/"))
                .filter(segment -> !segment.isEmpty())
                .map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
    }

    private static String body(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            throw RegistryRefusal.tooLarge(MAX_BODY_BYTES);
        }
        return new String(body, StandardCharsets.UTF_8);
    }
}
