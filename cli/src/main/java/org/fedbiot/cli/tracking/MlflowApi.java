package org.fedbiot.cli.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.fedbiot.cli.UserError;

/** The calls of MLflow's REST API, version 2.0, that tracking needs. */
final class MlflowApi {

    private static final String PREFIX = "/api/2.0/mlflow/";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final String server;
    private final Optional<String> token;

    /**
     * @param server such as {@code http://localhost:5000}
     * @param token that the server asks for, if it does
     */
    MlflowApi(URI server, Optional<String> token) {
        this.server = server.toString().replaceAll("/+$", "");
        this.token = token;
    }

    static ObjectNode body() {
        return JSON.createObjectNode();
    }

    /** @return empty if there is no such thing */
    Optional<JsonNode> get(String call, Map<String, String> parameters) {
        String query = parameters.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(parameter -> parameter.getKey() + "="
                        + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpResponse<String> answer = send(call, request(call + "?" + query).GET());
        return answer.statusCode() == HttpURLConnection.HTTP_NOT_FOUND ? Optional.empty()
                : Optional.of(accepted(call, answer));
    }

    JsonNode post(String call, JsonNode body) {
        return accepted(call, send(call, request(call).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))));
    }

    String server() {
        return server;
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + PREFIX + path)).timeout(TIMEOUT);
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request;
    }

    private HttpResponse<String> send(String call, HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UserError("MLflow at " + server + " does not answer " + call + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted while asking MLflow at " + server + " for " + call, e);
        }
    }

    private JsonNode accepted(String call, HttpResponse<String> answer) {
        try {
            if (answer.statusCode() == HttpURLConnection.HTTP_OK) {
                return JSON.readTree(answer.body());
            }
        } catch (IOException e) {
            throw new UserError("MLflow at " + server + " answers " + call + " with something that is not JSON", e);
        }
        throw new UserError("MLflow at " + server + " refuses " + call + " with HTTP status " + answer.statusCode()
                + ": " + answer.body().strip());
    }
}
