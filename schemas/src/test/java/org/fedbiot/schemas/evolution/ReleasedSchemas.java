package org.fedbiot.schemas.evolution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidatorBuilder;

/** The event schemas of every release, one self-contained file an event, under {@code src/main/released/<version>}. */
final class ReleasedSchemas {

    private static final Path ROOT = Path.of("src/main/released");
    private static final ObjectMapper JSON = new ObjectMapper();

    private ReleasedSchemas() {
    }

    /** By version, then in the order of their names. */
    static Map<String, List<Schema>> read() throws IOException {
        Map<String, List<Schema>> releases = new TreeMap<>();
        try (Stream<Path> versions = Files.list(ROOT)) {
            for (Path version : versions.sorted().toList()) {
                List<Schema> schemas = new ArrayList<>();
                try (Stream<Path> files = Files.list(version)) {
                    for (Path file : files.sorted().toList()) {
                        schemas.add(new Schema.Parser().parse(Files.readString(file)));
                    }
                }
                releases.put(version.getFileName().toString(), schemas);
            }
        }
        return releases;
    }

    static void write(String version, List<Schema> events) throws IOException {
        Path directory = Files.createDirectories(ROOT.resolve(version));
        for (Schema event : events) {
            JsonNode json = withoutJavaProperties(JSON.readTree(event.toString()));
            Files.writeString(directory.resolve(event.getName() + ".avsc"),
                    JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
        }
    }

    /** That the schema reads what any of the earlier ones wrote. */
    static void checkReads(Schema schema, List<Schema> earlier) throws SchemaValidationException {
        new SchemaValidatorBuilder().canReadStrategy().validateAll().validate(schema, earlier);
    }

    /** How Java represents a string is the generated class's business, not the release's. */
    private static JsonNode withoutJavaProperties(JsonNode node) {
        if (node instanceof ObjectNode object) {
            if (object.has("avro.java.string")) {
                return TextNode.valueOf(object.path("type").asText());
            }
            ObjectNode copy = JSON.createObjectNode();
            object.fields().forEachRemaining(field -> copy.set(field.getKey(), withoutJavaProperties(field.getValue())));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JSON.createArrayNode();
            array.forEach(item -> copy.add(withoutJavaProperties(item)));
            return copy;
        }
        return node;
    }
}
