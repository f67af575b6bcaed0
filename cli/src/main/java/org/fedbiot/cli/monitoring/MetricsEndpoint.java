package org.fedbiot.cli.monitoring;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.fedbiot.cli.UserError;

/**
 * Metrics and health over HTTP, for Prometheus and for whoever starts processes again.
 *
 * <pre>
 * /metrics   in Prometheus' text format
 * /live      200 for as long as the process answers at all
 * /ready     200 if it does its part, 503 if it does not; the body says what it does or waits for
 * </pre>
 */
final class MetricsEndpoint implements AutoCloseable {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final int THREADS = 2;

    private final HttpServer server;
    private final ExecutorService threads;
    private final Map<String, Supplier<Answer>> answers;

    private record Answer(int status, String contentType, String body) {
    }

    private MetricsEndpoint(HttpServer server, Map<String, Supplier<Answer>> answers) {
        this.server = server;
        this.answers = answers;
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "metrics");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** @throws UserError if it cannot listen there */
    static MetricsEndpoint open(MetricsSettings settings, PrometheusMeterRegistry registry,
            Supplier<Readiness> readiness) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), 0);
            return new MetricsEndpoint(server, Map.of(
                    "/metrics", () -> new Answer(HttpURLConnection.HTTP_OK, PROMETHEUS, registry.scrape()),
                    "/live", () -> new Answer(HttpURLConnection.HTTP_OK, TEXT, "live\n"),
                    "/ready", () -> ready(readiness.get())));
        } catch (IOException e) {
            throw new UserError("metrics: cannot listen on " + settings.host() + ":" + settings.port() + ": "
                    + e.getMessage(), e);
        }
    }

    String url() {
        InetSocketAddress address = server.getAddress();
        return "http://" + address.getHostString() + ":" + address.getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }

    private static Answer ready(Readiness readiness) {
        return new Answer(readiness.ready() ? HttpURLConnection.HTTP_OK : HttpURLConnection.HTTP_UNAVAILABLE, TEXT,
                (readiness.ready() ? "ready: " : "not ready: ") + readiness.detail() + "\n");
    }

    private Answer answer(String method, String path) {
        if (!method.equals("GET")) {
            return new Answer(HttpURLConnection.HTTP_BAD_METHOD, TEXT, "only GET\n");
        }
        return answers.getOrDefault(path,
                () -> new Answer(HttpURLConnection.HTTP_NOT_FOUND, TEXT, "/metrics, /live or /ready\n")).get();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange.getRequestMethod(), exchange.getRequestURI().getPath());
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
