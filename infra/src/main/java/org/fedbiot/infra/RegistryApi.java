package org.fedbiot.infra;

import static org.fedbiot.infra.RegistryRecord.JSON;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.SubjectNames;

/** The answers of Confluent's REST API, without HTTP. One request at a time: what it checks, holds when it writes. */
final class RegistryApi {

    private static final String COMPATIBILITY = "compatibility";

    private final RegistryState state;
    private final RegistryLog log;

    RegistryApi(RegistryState state, RegistryLog log) {
        this.state = state;
        this.log = log;
    }

    /** Makes every schema known that the catalogue's topics carry, where it is not yet. */
    synchronized void registerCatalogue() {
        Topics.ALL.forEach(topic -> topic.events()
                .forEach(event -> register(SubjectNames.of(topic.name(), event), event)));
    }

    /**
     * @param path decoded segments
     * @param body empty where there is none
     * @throws RegistryRefusal if the answer is an error
     */
    synchronized JsonNode answer(String method, List<String> path, String body) {
        String request = method + " " + shape(path);
        switch (request) {
            case "GET ":
                return JSON.createObjectNode();
            case "GET subjects":
                return texts(state.subjects());
            case "POST subjects/*":
                return lookUp(path.get(1), schema(body));
            case "POST subjects/*/versions":
                return register(path.get(1), schema(body));
            case "GET subjects/*/versions":
                ArrayNode versions = JSON.createArrayNode();
                state.versions(path.get(1)).keySet().forEach(versions::add);
                return versions;
            case "GET subjects/*/versions/*":
                return describe(version(path.get(1), path.get(3)));
            case "GET schemas/types":
                return texts(List.of("AVRO"));
            case "GET schemas/ids/*":
                return JSON.createObjectNode().put("schema", state.schema(id(path.get(2))));
            case "POST compatibility/subjects/*/versions/*":
                return compatibility(version(path.get(2), path.get(4)), schema(body));
            case "GET config":
                return JSON.createObjectNode().put("compatibilityLevel", state.level("").name());
            case "GET config/*":
                return JSON.createObjectNode().put("compatibilityLevel", ownLevel(path.get(1)).name());
            case "PUT config":
                return setLevel("", body);
            case "PUT config/*":
                return setLevel(path.get(1), body);
            default:
                throw RegistryRefusal.noPath(method, String.join("/", path));
        }
    }

    /** The path with a star for every name and number in it. */
    private static String shape(List<String> path) {
        List<String> words = List.of("subjects", "versions", "schemas", "ids", "types", COMPATIBILITY, "config");
        String[] shape = path.toArray(String[]::new);
        for (int at = 0; at < shape.length; at++) {
            boolean afterWord = at > 0 && List.of("subjects", "versions", "ids", "config").contains(shape[at - 1]);
            if (afterWord || !words.contains(shape[at])) {
                shape[at] = "*";
            }
        }
        return String.join("/", Arrays.asList(shape));
    }

    private JsonNode lookUp(String subject, Schema schema) {
        state.versions(subject);
        return describe(state.find(subject, schema)
                .orElseThrow(() -> RegistryRefusal.noSchema(schema.getFullName() + " in subject " + subject)));
    }

    private JsonNode register(String subject, Schema schema) {
        Optional<RegistryRecord.SubjectVersion> known = state.find(subject, schema);
        if (known.isEmpty()) {
            List<RegistryRecord> records = state.registration(subject, schema);
            log.write(records);
            records.forEach(state::apply);
            known = state.find(subject, schema);
        }
        return JSON.createObjectNode().put("id", known.orElseThrow().id());
    }

    private JsonNode compatibility(RegistryRecord.SubjectVersion against, Schema schema) {
        Optional<String> objection = state.level(against.subject())
                .objection(schema, List.of(RegistryState.parse(state.schema(against.id()))));
        ObjectNode answer = JSON.createObjectNode().put("is_compatible", objection.isEmpty());
        objection.ifPresent(why -> answer.putArray("messages").add(why));
        return answer;
    }

    private CompatibilityLevel ownLevel(String subject) {
        return state.ownLevel(subject).orElseThrow(() -> RegistryRefusal.noLevel(subject));
    }

    private JsonNode setLevel(String subject, String body) {
        String name = json(body).path(COMPATIBILITY).asText();
        CompatibilityLevel level = Arrays.stream(CompatibilityLevel.values())
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> RegistryRefusal.invalidLevel(name));
        RegistryRecord record = new RegistryRecord.Level(subject, level);
        log.write(List.of(record));
        state.apply(record);
        return JSON.createObjectNode().put(COMPATIBILITY, name);
    }

    private RegistryRecord.SubjectVersion version(String subject, String version) {
        if (version.equals("latest")) {
            return state.version(subject, state.versions(subject).lastKey());
        }
        int number = parse(version).filter(value -> value > 0)
                .orElseThrow(() -> RegistryRefusal.invalidVersion(version));
        return state.version(subject, number);
    }

    private static int id(String text) {
        return parse(text).orElseThrow(() -> RegistryRefusal.noSchema("id " + text));
    }

    private static Optional<Integer> parse(String number) {
        try {
            return Optional.of(Integer.parseInt(number));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private JsonNode describe(RegistryRecord.SubjectVersion version) {
        return JSON.createObjectNode()
                .put("subject", version.subject())
                .put("version", version.version())
                .put("id", version.id())
                .put("schema", state.schema(version.id()));
    }

    private static Schema schema(String body) {
        JsonNode json = json(body);
        String type = json.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw RegistryRefusal.invalidSchema("this registry keeps Avro only, not " + type);
        }
        if (!json.path("references").isEmpty()) {
            throw RegistryRefusal.invalidSchema("this registry keeps self-contained schemas only, no references");
        }
        if (!json.path("schema").isTextual()) {
            throw RegistryRefusal.invalidSchema("the field \"schema\" must be the schema as text");
        }
        try {
            return RegistryState.parse(json.path("schema").textValue());
        } catch (AvroRuntimeException e) {
            throw RegistryRefusal.invalidSchema(e.getMessage());
        }
    }

    private static JsonNode json(String body) {
        try {
            JsonNode json = JSON.readTree(body);
            if (json == null || !json.isObject()) {
                throw RegistryRefusal.notJson("it is " + (json == null ? "empty" : json.getNodeType()));
            }
            return json;
        } catch (JsonProcessingException e) {
            throw RegistryRefusal.notJson(e.getOriginalMessage());
        }
    }

    private static ArrayNode texts(List<String> values) {
        ArrayNode array = JSON.createArrayNode();
        values.forEach(array::add);
        return array;
    }
}
