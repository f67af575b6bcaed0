package org.fedbiot.schemas.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registry behind Confluent's REST API: Confluent's own, Apicurio's {@code /apis/ccompat/v7}, Karapace, or the
 * embedded one. Of several urls the one that answered last is asked first; the next is tried where one cannot be
 * reached or answers with a 5xx. Ids are asked for once and kept: a registry never gives an id another meaning.
 */
public final class RestSchemaRegistry implements SchemaRegistry {

    private static final Logger LOGGER = LoggerFactory.getLogger(RestSchemaRegistry.class);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int EXCERPT_CHARACTERS = 200;
    private static final int SERVER_ERROR = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RegistryAddress address;
    private final HttpClient http;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Registration, Integer> ids = new ConcurrentHashMap<>();
    private volatile int preferred;

    private record Registration(String subject, Schema schema) {
    }

    private RestSchemaRegistry(RegistryAddress address, HttpClient http) {
        this.address = address;
        this.http = http;
    }

    /**
     * @param configuration {@code schema.registry.url}, {@code basic.auth.user.info} if wanted, and authorities to trust
     * @throws IllegalArgumentException if a url is missing or malformed, or the authorities cannot be read
     */
    public static RestSchemaRegistry of(Map<String, ?> configuration) {
        return new RestSchemaRegistry(RegistryAddress.of(configuration), RegistryHttp.of(configuration));
    }

    @Override
    public int register(String subject, Schema schema) {
        return ids.computeIfAbsent(new Registration(subject, schema), unused -> postVersion(subject, schema));
    }

    @Override
    public int lookUp(String subject, Schema schema) {
        return ids.computeIfAbsent(new Registration(subject, schema),
                unused -> postSchema("/subjects/" + encode(subject), subject, schema));
    }

    @Override
    public Schema byId(int id) {
        return schemas.computeIfAbsent(id, this::fetch);
    }

    @Override
    public Optional<String> unavailability() {
        String problem = "";
        for (URI base : address.urls()) {
            URI url = URI.create(base + "/subjects");
            try {
                HttpResponse<String> response = http.send(request("GET", url, null),
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
                RegistryException refusal = refusal("GET", url, "is it ready?", response);
                if (refusal == null) {
                    return Optional.empty();
                }
                problem = refusal.getMessage();
            } catch (IOException e) {
                problem = "no answer from the schema registry " + url + ": " + e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of("interrupted while waiting for " + url);
            }
        }
        return Optional.of(problem);
    }

    /**
     * Of several processes that register a subject's first schema at the same instant, Apicurio answers all but one
     * with a conflict, as it does for a schema that is not compatible. Asked again it tells which of the two it is.
     */
    private int postVersion(String subject, Schema schema) {
        String path = "/subjects/" + encode(subject) + "/versions";
        try {
            return postSchema(path, subject, schema);
        } catch (RegistryException e) {
            if (e.httpStatus() != HttpStatus.CONFLICT) {
                throw e;
            }
            return postSchema(path, subject, schema);
        }
    }

    private Schema fetch(int id) {
        String path = "/schemas/ids/" + id;
        JsonNode schema = ask("GET", path, null, "schema id " + id).path("schema");
        try {
            return new Schema.Parser().parse(schema.asText());
        } catch (SchemaParseException e) {
            throw new RegistryException(address + path + " answered with what is no Avro schema: "
                    + excerpt(schema.asText()), HttpStatus.OK, e);
        }
    }

    private int postSchema(String path, String subject, Schema schema) {
        String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
        String about = "subject " + subject + ", schema " + schema.getFullName();
        JsonNode id = ask("POST", path, body, about).path("id");
        if (!id.isInt() || id.intValue() < 0) {
            throw new RegistryException(address + path + " answered without an id (" + about + ")", HttpStatus.OK, null);
        }
        return id.intValue();
    }

    private JsonNode ask(String method, String path, String body, String about) {
        RegistryException last = null;
        int first = preferred;
        for (int attempt = 0; attempt < address.urls().size(); attempt++) {
            int index = (first + attempt) % address.urls().size();
            URI url = URI.create(address.urls().get(index) + path);
            try {
                HttpResponse<String> response = http.send(request(method, url, body),
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
                RegistryException refusal = refusal(method, url, about, response);
                if (refusal == null) {
                    preferred = index;
                    return JSON.readTree(response.body());
                }
                if (response.statusCode() < SERVER_ERROR) {
                    throw refusal;
                }
                last = refusal;
            } catch (JsonProcessingException e) {
                throw new RegistryException(method + " " + url + " answered with what is no JSON (" + about + ")",
                        HttpStatus.OK, e);
            } catch (IOException e) {
                last = new RegistryException("schema registry " + method + " " + url + " gave no answer (" + about
                        + "): " + e + "; is it running, and is " + RegistryAddress.URL + " right?", 0, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RegistryException("interrupted while waiting for " + url + " (" + about + ")", 0, e);
            }
            LOGGER.warn("{}", last.getMessage());
        }
        throw last;
    }

    private HttpRequest request(String method, URI url, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(REQUEST_TIMEOUT)
                .header("Accept", CONTENT_TYPE + ", application/json")
                .method(method, body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        if (body != null) {
            request.header("Content-Type", CONTENT_TYPE);
        }
        address.authorization().ifPresent(value -> request.header("Authorization", value));
        return request.build();
    }

    private static RegistryException refusal(String method, URI url, String about, HttpResponse<String> response) {
        if (response.statusCode() == HttpStatus.OK) {
            return null;
        }
        return new RegistryException("schema registry " + method + " " + url + " answered " + response.statusCode()
                + " (" + about + "): " + excerpt(response.body()), response.statusCode(), null);
    }

    private static String excerpt(String body) {
        String line = body.replaceAll("\\s+", " ").strip();
        return line.length() <= EXCERPT_CHARACTERS ? line : line.substring(0, EXCERPT_CHARACTERS) + "…";
    }

    private static String encode(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static final class HttpStatus {
        static final int OK = 200;
        static final int CONFLICT = 409;
    }
}
