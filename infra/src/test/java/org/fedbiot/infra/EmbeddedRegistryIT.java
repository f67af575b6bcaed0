package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** As a client of Confluent's REST API from outside would use it: JSON over HTTP, nothing of ours. */
@Timeout(120)
class EmbeddedRegistryIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String ONE_FIELD = record("{\"name\":\"a\",\"type\":\"int\"}");
    private static final String TWO_FIELDS =
            record("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\",\"default\":0}");
    private static final String OTHER_FIELD = record("{\"name\":\"c\",\"type\":\"int\"}");

    @TempDir
    private static Path directory;
    private static EmbeddedKafka kafka;
    private static EmbeddedRegistry registry;
    private static int tests;

    private String subject;

    private record Answer(int status, JsonNode body, String contentType) {
        int errorCode() {
            return body.path("error_code").intValue();
        }
    }

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(directory, 0);
        registry = EmbeddedRegistry.start(kafka.bootstrapServers(), 0);
    }

    @AfterAll
    static void stop() {
        registry.close();
        kafka.close();
    }

    @BeforeEach
    void newSubject() {
        subject = "subject-" + tests++;
    }

    @Test
    void shouldRegisterDescribeAndList() throws Exception {
        int id = register(ONE_FIELD);
        int next = register(TWO_FIELDS);

        assertThat(next).isNotEqualTo(id);
        assertThat(register(ONE_FIELD)).isEqualTo(id);
        assertThat(get("/subjects").body().toString()).contains("\"" + subject + "\"");
        assertThat(get("/subjects/" + subject + "/versions").body()).hasToString("[1,2]");
        JsonNode first = get("/subjects/" + subject + "/versions/1").body();
        assertThat(first.path("id").intValue()).isEqualTo(id);
        assertThat(first.path("version").intValue()).isEqualTo(1);
        assertThat(first.path("subject").textValue()).isEqualTo(subject);
        assertThat(JSON.readTree(first.path("schema").textValue())).isEqualTo(JSON.readTree(ONE_FIELD));
        assertThat(get("/subjects/" + subject + "/versions/latest").body().path("id").intValue()).isEqualTo(next);
        assertThat(JSON.readTree(get("/schemas/ids/" + next).body().path("schema").textValue()))
                .isEqualTo(JSON.readTree(TWO_FIELDS));
        assertThat(get("/schemas/types").body()).hasToString("[\"AVRO\"]");
        JsonNode found = post("/subjects/" + subject + "?normalize=false", TWO_FIELDS).body();
        assertThat(found.path("version").intValue()).isEqualTo(2);
        assertThat(get("/subjects").contentType()).isEqualTo("application/vnd.schemaregistry.v1+json");
    }

    @Test
    void shouldGiveOneSchemaOneIdInEverySubject() throws Exception {
        int id = register(ONE_FIELD);
        subject = subject + "/with a slash";

        assertThat(register(ONE_FIELD)).isEqualTo(id);
        assertThat(get("/subjects").body().toString()).contains(subject);
    }

    @Test
    void shouldRefuseWhatCannotReadEveryEarlierVersion() throws Exception {
        // Given two versions, where reading the first needs the default that only the second has
        register(ONE_FIELD);
        register(TWO_FIELDS);
        String withoutDefault = record("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\"}");

        // When a third reads the second but not the first
        Answer refused = post(versions(), withoutDefault);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.errorCode()).isEqualTo(409);
        assertThat(refused.body().path("message").textValue()).contains(subject);
        assertThat(compatible(2, withoutDefault)).isTrue();
        assertThat(compatible(1, withoutDefault)).isFalse();
        assertThat(get(versions()).body()).hasToString("[1,2]");
    }

    @Test
    void shouldFollowTheLevelThatASubjectIsSetTo() throws Exception {
        register(ONE_FIELD);
        assertThat(get("/config").body().path("compatibilityLevel").textValue()).isEqualTo("BACKWARD_TRANSITIVE");
        assertThat(get("/config/" + subject).errorCode()).isEqualTo(40408);
        assertThat(post(versions(), OTHER_FIELD).status()).isEqualTo(409);

        Answer set = send("PUT", "/config/" + subject, "{\"compatibility\":\"NONE\"}");

        assertThat(set.body().path("compatibility").textValue()).isEqualTo("NONE");
        assertThat(get("/config/" + subject).body().path("compatibilityLevel").textValue()).isEqualTo("NONE");
        assertThat(post(versions(), OTHER_FIELD).status()).isEqualTo(200);
        assertThat(send("PUT", "/config/" + subject, "{\"compatibility\":\"SOME\"}").errorCode()).isEqualTo(42203);
    }

    @Test
    void shouldCheckForwardsWhereThatIsAsked() throws Exception {
        register(TWO_FIELDS);
        send("PUT", "/config/" + subject, "{\"compatibility\":\"FORWARD_TRANSITIVE\"}");
        // Without the field that has no default, the old schema cannot read the new
        assertThat(compatible(1, record("{\"name\":\"b\",\"type\":\"int\"}"))).isFalse();
        assertThat(compatible(1, record("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"x\",\"type\":\"int\"}"))).isTrue();

        send("PUT", "/config/" + subject, "{\"compatibility\":\"FULL\"}");
        assertThat(compatible(1, record("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"x\",\"type\":\"int\"}"))).isFalse();
        assertThat(compatible(1, ONE_FIELD)).isTrue();
    }

    @Test
    void shouldNumberItsRefusalsAsConfluentDoes() throws Exception {
        assertThat(get("/subjects/none/versions").errorCode()).isEqualTo(40401);
        assertThat(post("/subjects/none", ONE_FIELD).errorCode()).isEqualTo(40401);
        register(ONE_FIELD);
        assertThat(get(versions() + "/7").errorCode()).isEqualTo(40402);
        assertThat(get(versions() + "/0").errorCode()).isEqualTo(42202);
        assertThat(get(versions() + "/first").errorCode()).isEqualTo(42202);
        assertThat(post("/subjects/" + subject, TWO_FIELDS).errorCode()).isEqualTo(40403);
        assertThat(get("/schemas/ids/12345").errorCode()).isEqualTo(40403);
        assertThat(get("/schemas/ids/x").errorCode()).isEqualTo(40403);
        assertThat(get("/nothing").status()).isEqualTo(404);
        assertThat(send("DELETE", "/subjects/" + subject, "").status()).isEqualTo(404);
        assertThat(post(versions(), "{\"type\":\"record\"}").errorCode()).isEqualTo(42201);
        assertThat(send("POST", versions(), "{\"schema\":\"\\\"int\\\"\",\"schemaType\":\"JSON\"}").errorCode())
                .isEqualTo(42201);
        assertThat(send("POST", versions(), "no json").status()).isEqualTo(400);
        assertThat(send("POST", versions(), "").status()).isEqualTo(400);
        assertThat(send("POST", versions(), "x".repeat(300 * 1024)).status()).isEqualTo(413);
    }

    @Test
    void shouldGiveEveryIdOnceWhenManyRegisterAtOnce() throws Exception {
        send("PUT", "/config/" + subject, "{\"compatibility\":\"NONE\"}");
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            // When eight clients register ten schemas, each of them four times
            List<Callable<String>> requests = IntStream.range(0, 40).<Callable<String>>mapToObj(i -> () ->
                    i % 10 + "=" + register(record("{\"name\":\"field" + i % 10 + "\",\"type\":\"int\"}"))).toList();
            Set<String> ids = new HashSet<>();
            for (Future<String> answer : clients.invokeAll(requests)) {
                ids.add(answer.get());
            }

            assertThat(ids).hasSize(10);
            assertThat(get(versions()).body()).hasSize(10);
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void shouldKnowAfterARestartWhatItKnew() throws Exception {
        int id = register(ONE_FIELD);
        send("PUT", "/config/" + subject, "{\"compatibility\":\"NONE\"}");
        register(OTHER_FIELD);
        JsonNode before = get(versions() + "/latest").body();

        // When another takes over; the first one is still there
        EmbeddedRegistry first = registry;
        registry = EmbeddedRegistry.start(kafka.bootstrapServers(), 0);

        assertThat(get(versions() + "/latest").body()).isEqualTo(before);
        assertThat(register(ONE_FIELD)).isEqualTo(id);
        assertThat(get("/config/" + subject).body().path("compatibilityLevel").textValue()).isEqualTo("NONE");
        int next = register(TWO_FIELDS);

        // Then the first can write no more, so no id is given twice
        EmbeddedRegistry second = registry;
        registry = first;
        assertThat(post(versions(), record("{\"name\":\"d\",\"type\":\"int\"}")).errorCode()).isEqualTo(50001);
        first.close();
        registry = second;
        assertThat(register(TWO_FIELDS)).isEqualTo(next);
    }

    @Test
    void shouldNameThePortThatIsInUse() {
        int port = URI.create(registry.url()).getPort();

        assertThatThrownBy(() -> EmbeddedRegistry.start(kafka.bootstrapServers(), port))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("schema registry").hasMessageContaining("port " + port);
    }

    private int register(String schema) throws Exception {
        Answer answer = post(versions(), schema);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body().path("id").intValue();
    }

    private boolean compatible(int version, String schema) throws Exception {
        return post("/compatibility/subjects/" + subject + "/versions/" + version, schema).body()
                .path("is_compatible").booleanValue();
    }

    private String versions() {
        return "/subjects/" + subject.replace("/", "%2F").replace(" ", "%20") + "/versions";
    }

    private static Answer post(String path, String schema) throws Exception {
        return send("POST", path, JSON.createObjectNode().put("schema", schema).toString());
    }

    private static Answer get(String path) throws Exception {
        return send("GET", path, "");
    }

    private static Answer send(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(registry.url() + path))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), JSON.readTree(response.body()),
                response.headers().firstValue("Content-Type").orElse(""));
    }

    private static String record(String fields) {
        return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}";
    }
}
