package org.fedbiot.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;

/** A registry that is out of order when it is first asked; then it has one schema, under every id. */
final class LateRegistry implements AutoCloseable {

    private final AtomicInteger asked = new AtomicInteger();
    private final int failures;
    private final Schema schema;
    private final HttpServer server;

    /** @param failures how often it does not answer */
    LateRegistry(int failures, Schema schema) throws IOException {
        this.failures = failures;
        this.schema = schema;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (asked.incrementAndGet() <= failures) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            byte[] body = new ObjectMapper().writeValueAsBytes(Map.of("schema", schema.toString()));
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    int asked() {
        return asked.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
