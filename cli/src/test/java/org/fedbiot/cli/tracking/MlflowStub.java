package org.fedbiot.cli.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** As much of an MLflow server as tracking asks of one, with at most two metrics on a page of a history. */
final class MlflowStub implements AutoCloseable {

    private static final String PREFIX = "/api/2.0/mlflow/";
    private static final int PAGE = 2;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What was logged, as {@code key@step=value}, repeats too. */
    final List<String> metrics = new ArrayList<>();
    final Map<String, String> parameters = new LinkedHashMap<>();
    final List<String> calls = new ArrayList<>();
    String status = "RUNNING";

    private final HttpServer server;
    private final List<JsonNode> logged = new ArrayList<>();
    private boolean hasExperiment;
    private Optional<String> runTag = Optional.empty();

    MlflowStub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(PREFIX, this::handle);
        server.start();
    }

    URI uri() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String call = exchange.getRequestURI().getPath().substring(PREFIX.length());
            calls.add(call);
            Optional<JsonNode> answer = answer(call, parameters(exchange.getRequestURI()),
                    JSON.readTree(exchange.getRequestBody()));
            byte[] body = answer.map(JsonNode::toString).orElse("{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.isPresent() ? 200 : 404, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Optional<JsonNode> answer(String call, Map<String, String> query, JsonNode body) {
        ObjectNode answer = JSON.createObjectNode();
        switch (call) {
            case "experiments/get-by-name" -> {
                if (!hasExperiment) {
                    return Optional.empty();
                }
                answer.putObject("experiment").put("experiment_id", "7");
            }
            case "experiments/create" -> {
                hasExperiment = true;
                answer.put("experiment_id", "7");
            }
            case "runs/search" -> {
                if (runTag.filter(tag -> body.path("filter").asText().equals("tags.`fedbiot.run` = '" + tag + "'"))
                        .isPresent()) {
                    run(answer.putArray("runs").addObject());
                }
            }
            case "runs/create" -> {
                runTag = Optional.of(body.path("tags").path(0).path("value").asText());
                run(answer.putObject("run"));
            }
            case "runs/log-batch" -> log(body);
            case "metrics/get-history" -> history(answer, query);
            case "runs/update" -> status = body.path("status").asText();
            default -> {
                return Optional.empty();
            }
        }
        return Optional.of(answer);
    }

    private void run(ObjectNode run) {
        run.putObject("info").put("run_id", "abc");
        ArrayNode newest = run.putObject("data").putArray("metrics");
        logged.stream().map(metric -> metric.path("key").asText()).distinct()
                .forEach(key -> newest.addObject().put("key", key));
    }

    private void log(JsonNode batch) {
        for (JsonNode metric : batch.path("metrics")) {
            logged.add(metric);
            metrics.add(metric.path("key").asText() + "@" + metric.path("step").asInt() + "="
                    + metric.path("value").asDouble());
        }
        batch.path("params").forEach(parameter ->
                parameters.put(parameter.path("key").asText(), parameter.path("value").asText()));
    }

    private void history(ObjectNode answer, Map<String, String> query) {
        List<JsonNode> all = logged.stream().filter(metric ->
                metric.path("key").asText().equals(query.get("metric_key"))).toList();
        int from = Integer.parseInt(query.getOrDefault("page_token", "0"));
        ArrayNode page = answer.putArray("metrics");
        all.subList(from, Math.min(all.size(), from + PAGE)).forEach(page::add);
        if (from + PAGE < all.size()) {
            answer.put("next_page_token", Integer.toString(from + PAGE));
        }
    }

    private static Map<String, String> parameters(URI uri) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : Optional.ofNullable(uri.getRawQuery()).orElse("").split("&")) {
            String[] sides = pair.split("=", 2);
            if (sides.length == 2 && !sides[1].isEmpty()) {
                parameters.put(sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }
}
