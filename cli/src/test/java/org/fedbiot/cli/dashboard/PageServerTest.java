package org.fedbiot.cli.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.fedbiot.cli.UserError;
import org.fedbiot.observer.LoggedEvent;
import org.fedbiot.observer.Picture;
import org.fedbiot.observer.PictureFold;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageServerTest {

    private static final Clock NOW = Clock.fixed(Instant.ofEpochSecond(1_000), ZoneOffset.UTC);

    private final Source source = new Source(new PictureFold().picture());
    private final PageServer server = new PageServer(source, InetAddress.getLoopbackAddress(), 0,
            new AllowedHosts(List.of("page.example.org")), NOW);
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldServeThePageWithEveryFileThatItNames() throws Exception {
        // When
        String page = get("").body();

        // Then
        List<String> files = Pattern.compile("(?:src|href)=\"/?([^\"#:]+\\.(?:js|css|svg))\"").matcher(page).results()
                .map(match -> match.group(1)).toList();
        assertThat(files).hasSizeGreaterThan(2);
        for (String file : files) {
            assertThat(get(file).statusCode()).as(file).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"page.js", "model.js", "charts.js", "grid.js", "tables.js", "words.js"})
    void shouldServeEveryModuleThatAScriptImports(String script) throws Exception {
        // When
        String text = get(script).body();

        // Then
        for (MatchResult imported : Pattern.compile("from '\\./([^']+)'").matcher(text).results().toList()) {
            assertThat(get(imported.group(1)).statusCode()).as(imported.group(1)).isEqualTo(200);
        }
        assertThat(text).doesNotContain("http://", "https://", "eval(", "innerHTML");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "api/overview", "nothing/here"})
    void shouldLetAPageLoadNothingFromElsewhere(String path) throws Exception {
        // Then
        assertThat(get(path).headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'").doesNotContain("unsafe", "http");
    }

    @Test
    void shouldTurnAwayAnotherSitesNameAndAnyWrite() throws Exception {
        // Then
        assertThat(statusUnderName("evil.example.org")).contains(" 403 ");
        assertThat(statusUnderName("PAGE.example.org:8080")).contains(" 200 ");
        assertThat(statusUnderName("localhost")).contains(" 200 ");
        assertThat(http.send(HttpRequest.newBuilder(URI.create(server.url()))
                .POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(405);
    }

    @Test
    void shouldAnswerForWhatItDoesNotKnow() throws Exception {
        // Then
        assertThat(get("api/runs/none").statusCode()).isEqualTo(404);
        assertThat(get("page.html").statusCode()).isEqualTo(404);
        assertThat(get("..%2f..%2flogback.xml").statusCode()).isEqualTo(404);
    }

    @Test
    void shouldTellAPageFirstAllAndThenWhatChanges() throws Exception {
        // Given
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "api/events")).build();

        try (InputStream stream = http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));

            // When
            JsonNode first = nextEvent(lines);
            source.show(joined("anna"));
            JsonNode second = nextEvent(lines);

            // Then
            assertThat(first.path("clients").isArray()).isTrue();
            assertThat(first.path("clients").size()).isZero();
            assertThat(first.has("runs")).isTrue();
            assertThat(second.path("clients").path(0).path("id").asText()).isEqualTo("anna");
            assertThat(second.has("runs")).as("what has not changed").isFalse();
        }
    }

    @Test
    void shouldSayWhoHasThePort() {
        // Given
        int port = URI.create(server.url()).getPort();

        // Then
        assertThatThrownBy(() -> new PageServer(source, InetAddress.getLoopbackAddress(), port,
                new AllowedHosts(List.of()), NOW)).isInstanceOf(UserError.class)
                .hasMessageContaining(Integer.toString(port)).hasMessageContaining("--port");
    }

    private static Picture joined(String clientId) {
        PictureFold fold = new PictureFold();
        fold.add(new LoggedEvent(Topics.CLIENT_PRESENCE.name(), 0, 0, NOW.millis(), ClientJoined.newBuilder()
                .setClientId(clientId).setDatasetSamples(3).setHeldOutSamples(1).setSkippedSamples(0).setDevice("cpu")
                .setKeyId("k").setSignature(ByteBuffer.allocate(0)).build()));
        return fold.picture();
    }

    private static JsonNode nextEvent(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (!line.startsWith("data: ")) {
            line = lines.readLine();
        }
        return new ObjectMapper().readTree(line.substring("data: ".length()));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(server.url() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** By hand: Java's own client chooses the header itself. */
    private String statusUnderName(String host) throws IOException {
        URI url = URI.create(server.url());
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream().write(("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }
}
