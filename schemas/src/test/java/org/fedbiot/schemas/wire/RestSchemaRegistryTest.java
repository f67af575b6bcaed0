package org.fedbiot.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.fedbiot.schemas.event.ClientLeaving;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestSchemaRegistryTest {

    private static final String REGISTER = "POST /apis/ccompat/v7/subjects/my-subject/versions";

    private HttpServer server;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final Map<String, Answer> answers = new HashMap<>();
    private final Map<String, Answer> firstAnswers = new ConcurrentHashMap<>();

    private record Answer(int status, String body) {
    }

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            requests.add(request);
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            Answer first = firstAnswers.remove(request);
            Answer answer = first != null ? first : answers.getOrDefault(request,
                    new Answer(404, "{\"error_code\":404,\"message\":\"nothing here\"}"));
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @Test
    void shouldKeepTheBasePathAndAskOnce() {
        answers.put(REGISTER, new Answer(200, "{\"id\":7}"));
        RestSchemaRegistry registry = registry(url() + "/apis/ccompat/v7/", Map.of());

        assertThat(registry.register("my-subject", ClientLeaving.SCHEMA$)).isEqualTo(7);
        assertThat(registry.register("my-subject", ClientLeaving.SCHEMA$)).isEqualTo(7);

        assertThat(requests).containsExactly(REGISTER);
        assertThat(authorizations).containsExactly("null");
    }

    @Test
    void shouldSayWhoItIs() {
        answers.put(REGISTER, new Answer(200, "{\"id\":7}"));

        registry(url() + "/apis/ccompat/v7", Map.of("basic.auth.user.info", "me:secret"))
                .register("my-subject", ClientLeaving.SCHEMA$);
        registry(url().replace("//", "//me:secret@") + "/apis/ccompat/v7", Map.of())
                .register("my-subject", ClientLeaving.SCHEMA$);

        // "me:secret" in base 64
        assertThat(authorizations).containsExactly("Basic bWU6c2VjcmV0", "Basic bWU6c2VjcmV0");
    }

    @Test
    void shouldGoToTheNextUrlWhenOneDoesNotAnswerAndStayThere() throws IOException {
        answers.put("GET /schemas/ids/1", new Answer(200, "{\"schema\":\"\\\"string\\\"\"}"));
        answers.put("GET /schemas/ids/2", new Answer(200, "{\"schema\":\"\\\"int\\\"\"}"));
        answers.put("GET /broken/schemas/ids/1", new Answer(503, "starting"));
        RestSchemaRegistry registry =
                registry(deadUrl() + ", " + url() + "/broken ," + url(), Map.of());

        assertThat(registry.byId(1)).hasToString("\"string\"");
        assertThat(registry.byId(2)).hasToString("\"int\"");

        assertThat(requests)
                .containsExactly("GET /broken/schemas/ids/1", "GET /schemas/ids/1", "GET /schemas/ids/2");
    }

    @Test
    void shouldNameUrlSubjectStatusAndReasonOfARefusal() {
        answers.put("POST /subjects/a%2Fb%20c/versions",
                new Answer(409, "{\"error_code\":409,\n \"message\":\"not compatible\"}"));
        RestSchemaRegistry registry = registry(url() + "," + url() + "/never", Map.of());

        assertThatThrownBy(() -> registry.register("a/b c", ClientLeaving.SCHEMA$))
                .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.httpStatus()).isEqualTo(409))
                .hasMessageContaining(url()).hasMessageContaining("a/b c").hasMessageContaining("409")
                .hasMessageContaining("not compatible").hasMessageContaining("ClientLeaving")
                .hasMessageNotContaining("\n");
        // Once more, since it could have been a race; but a refusal is the same everywhere: no other url is asked.
        assertThat(requests).containsExactly("POST /subjects/a%2Fb%20c/versions", "POST /subjects/a%2Fb%20c/versions");
    }

    @Test
    void shouldTakeTheIdThatAnotherProcessWasGivenAtTheSameInstant() {
        firstAnswers.put(REGISTER, new Answer(409, "{\"error_code\":409,\"message\":\"already exists\"}"));
        answers.put(REGISTER, new Answer(200, "{\"id\":7}"));

        int id = registry(url() + "/apis/ccompat/v7", Map.of()).register("my-subject", ClientLeaving.SCHEMA$);

        assertThat(id).isEqualTo(7);
    }

    @Test
    void shouldSayThatNobodyAnswersWithoutThePassword() throws IOException {
        String dead = deadUrl();
        RestSchemaRegistry registry = registry(dead.replace("//", "//me:secret@"), Map.of());

        assertThatThrownBy(() -> registry.byId(3))
                .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.httpStatus()).isZero())
                .hasMessageContaining(dead).hasMessageContaining("schema.registry.url")
                .hasMessageNotContaining("secret");
    }

    @Test
    void shouldRefuseAnAnswerThatIsNone() {
        answers.put("GET /schemas/ids/1", new Answer(200, "<html>"));
        answers.put("GET /schemas/ids/2", new Answer(200, "{\"schema\":\"{}\"}"));
        answers.put("POST /subjects/s", new Answer(200, "{}"));
        RestSchemaRegistry registry = registry(url(), Map.of());

        assertThatThrownBy(() -> registry.byId(1)).isInstanceOf(RegistryException.class).hasMessageContaining("JSON");
        assertThatThrownBy(() -> registry.byId(2)).isInstanceOf(RegistryException.class)
                .hasMessageContaining("no Avro schema");
        assertThatThrownBy(() -> registry.lookUp("s", ClientLeaving.SCHEMA$)).isInstanceOf(RegistryException.class)
                .hasMessageContaining("without an id");
    }

    @Test
    void shouldNameTheSettingThatIsWrong() {
        assertThatThrownBy(() -> RestSchemaRegistry.of(Map.of())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("schema.registry.url");
        assertThatThrownBy(() -> registry("ftp://me:secret@host", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("schema.registry.url").hasMessageNotContaining("secret");
        assertThatThrownBy(() -> registry("http://bad host", Map.of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("bad host");
    }

    private static RestSchemaRegistry registry(String url, Map<String, String> more) {
        Map<String, String> configuration = new HashMap<>(more);
        configuration.put("schema.registry.url", url);
        return RestSchemaRegistry.of(configuration);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static String deadUrl() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }
    }
}
