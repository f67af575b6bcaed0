package org.fedbiot.cli.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.fedbiot.cli.UserError;
import org.fedbiot.observer.Picture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;

/**
 * The page's server: its own files, JSON of the picture, and a stream of what changes. It only reads.
 *
 * <pre>
 * /                        the page
 * /api/overview            all runs, clients, workers, dead letters
 * /api/runs/ID             one run
 * /api/runs/ID/rounds/N    one round, client by client
 * /api/events?run=ID       server-sent events: the overview, the run, and then every change
 * </pre>
 */
final class PageServer implements AutoCloseable {

    private static final Set<String> METHODS = Set.of("GET", "HEAD");
    /** Nothing but this server's own files; styles that a script sets on an element are not inline styles. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Assets assets = new Assets();
    private final Source source;
    private final Clock clock;
    private final AllowedHosts hosts;
    private final EventStream events;
    private final HttpServer server;
    private final ExecutorService executor;

    /**
     * Listens from here on.
     *
     * @param port 0 for any free one
     * @throws UserError if it cannot listen there
     */
    PageServer(Source source, InetAddress address, int port, AllowedHosts hosts, Clock clock) {
        this.source = source;
        this.clock = clock;
        this.hosts = hosts;
        this.events = new EventStream(source, clock);
        this.server = listen(address, port);
        this.executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "dashboard");
            thread.setDaemon(true);
            return thread;
        });
        server.createContext("/", this::handle);
        server.setExecutor(executor);
        server.start();
    }

    private static HttpServer listen(InetAddress address, int port) {
        try {
            return HttpServer.create(new InetSocketAddress(address, port), 0);
        } catch (BindException e) {
            throw new UserError("the dashboard cannot listen on " + address.getHostAddress() + ", port " + port + ": "
                    + e.getMessage() + "; choose another with --port", e);
        } catch (IOException e) {
            throw new UserError("the dashboard cannot listen on " + address.getHostAddress() + ", port " + port + ": "
                    + e.getMessage(), e);
        }
    }

    String url() {
        InetAddress address = server.getAddress().getAddress();
        String host = address.isAnyLocalAddress() ? "localhost" : address.getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.getAddress().getPort() + "/";
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            secure(exchange.getResponseHeaders());
            if (!hosts.allows(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Host")))) {
                answer(exchange, 403, "text/plain; charset=utf-8", text("This page is not served under that name; "
                        + "name it with --allow-host if it should be."));
            } else if (!METHODS.contains(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                answer(exchange, 405, "text/plain; charset=utf-8", text("This page only reads."));
            } else {
                route(exchange);
            }
        }
    }

    private static void secure(Headers headers) {
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cache-Control", "no-store");
    }

    private void route(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Optional<Assets.Asset> asset = assets.find(path);
        if (asset.isPresent()) {
            answer(exchange, 200, asset.get().type(), asset.get().bytes());
        } else if (path.equals("/api/events")) {
            events.serve(exchange, query(exchange, "run"));
        } else {
            Optional<JsonNode> json = api(segments(exchange));
            answer(exchange, json.isPresent() ? 200 : 404, "application/json",
                    text(json.orElseGet(() -> PageJson.object().put("error", "nothing here")).toString()));
        }
    }

    private Optional<JsonNode> api(List<String> path) {
        Picture picture = source.picture();
        if (path.equals(List.of("api", "overview"))) {
            ObjectNode all = PageJson.object();
            OverviewParts.of(picture, clock.millis()).forEach(all::set);
            all.set("cluster", source.cluster());
            return Optional.of(all);
        }
        if (path.size() < 3 || !path.subList(0, 2).equals(List.of("api", "runs"))) {
            return Optional.empty();
        }
        Optional<RunPicture> run = picture.run(path.get(2));
        if (path.size() == 3) {
            return run.map(found -> {
                ObjectNode all = RunSeries.since(Optional.empty(), found);
                RunParts.of(found, picture, clock.millis()).forEach(all::set);
                return all;
            });
        }
        return path.size() == 5 && path.get(3).equals("rounds")
                ? run.flatMap(found -> round(found, path.get(4))
                        .map(round -> RunParts.round(found, round, clock.millis())))
                : Optional.empty();
    }

    private static Optional<RoundPicture> round(RunPicture run, String number) {
        return run.rounds().stream().filter(round -> Integer.toString(round.number()).equals(number)).findFirst();
    }

    /** Split before it is decoded: an id may have an escaped slash. */
    private static List<String> segments(HttpExchange exchange) {
        return Arrays.stream(exchange.getRequestURI().getRawPath().split("/")).filter(part -> !part.isEmpty())
                .map(PageServer::decoded).toList();
    }

    private static Optional<String> query(HttpExchange exchange, String name) {
        String query = exchange.getRequestURI().getRawQuery();
        return query == null ? Optional.empty() : Arrays.stream(query.split("&"))
                .filter(pair -> pair.startsWith(name + "=")).map(pair -> decoded(pair.substring(name.length() + 1)))
                .filter(value -> !value.isEmpty()).findFirst();
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Ends the streams, then the server. */
    @Override
    public void close() {
        source.end();
        server.stop(0);
        executor.shutdownNow();
    }
}
