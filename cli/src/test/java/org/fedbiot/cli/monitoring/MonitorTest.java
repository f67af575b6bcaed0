package org.fedbiot.cli.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.junit.jupiter.api.Test;

class MonitorTest {

    private static final MetricsSettings ANY_PORT = new MetricsSettings("127.0.0.1", 0);

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void shouldServeMetricsInPrometheusTextFormat() throws Exception {
        // Given
        try (Monitor monitor = Monitor.open("coordinator", Optional.of(ANY_PORT))) {
            monitor.registry().counter("fedbiot.rounds.opened", "attempt", "first").increment(3);

            // When
            HttpResponse<String> answer = get(monitor, "/metrics");

            // Then
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValue("text/plain; version=0.0.4; charset=utf-8");
            assertThat(answer.body()).contains("# TYPE fedbiot_rounds_opened_total counter\n"
                    + "fedbiot_rounds_opened_total{attempt=\"first\"} 3.0\n")
                    .contains("fedbiot_build_info{role=\"coordinator\",version=\"development\"} 1\n")
                    .contains("# TYPE jvm_memory_used_bytes gauge\n");
        }
    }

    @Test
    void shouldBeLiveFromTheStartAndReadyWhenItsPartSaysSo() throws Exception {
        // Given
        try (Monitor monitor = Monitor.open("coordinator", Optional.of(ANY_PORT))) {
            HttpResponse<String> early = get(monitor, "/ready");

            // When
            monitor.ready(() -> Readiness.ready("stands by"));

            // Then
            assertThat(get(monitor, "/live").statusCode()).isEqualTo(200);
            assertThat(early.statusCode()).isEqualTo(503);
            assertThat(early.body()).isEqualTo("not ready: waits for the cluster\n");
            assertThat(get(monitor, "/ready").statusCode()).isEqualTo(200);
            assertThat(get(monitor, "/ready").body()).isEqualTo("ready: stands by\n");
        }
    }

    @Test
    void shouldAnswerNothingElse() throws Exception {
        // Given
        try (Monitor monitor = Monitor.open("client", Optional.of(ANY_PORT))) {
            HttpRequest post = HttpRequest.newBuilder(URI.create(monitor.url().orElseThrow() + "/metrics"))
                    .POST(HttpRequest.BodyPublishers.ofString("x")).build();

            // Then
            assertThat(get(monitor, "/").statusCode()).isEqualTo(404);
            assertThat(get(monitor, "/metrics/more").statusCode()).isEqualTo(404);
            assertThat(http.send(post, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
        }
    }

    @Test
    void shouldOpenNoPortUnlessAsked() {
        // When
        try (Monitor monitor = Monitor.open("client", Optional.empty())) {

            // Then
            assertThat(monitor.url()).isEmpty();
            assertThat(monitor.registry().getMeters()).isEmpty();
        }
    }

    @Test
    void shouldNameAnAddressThatIsTaken() {
        // Given
        try (Monitor first = Monitor.open("client", Optional.of(ANY_PORT))) {
            int port = URI.create(first.url().orElseThrow()).getPort();
            MetricsSettings taken = new MetricsSettings("127.0.0.1", port);

            // Then
            assertThatExceptionOfType(UserError.class).isThrownBy(() -> Monitor.open("client", Optional.of(taken)))
                    .withMessageStartingWith("metrics: cannot listen on 127.0.0.1:" + port);
        }
    }

    private HttpResponse<String> get(Monitor monitor, String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(monitor.url().orElseThrow() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
