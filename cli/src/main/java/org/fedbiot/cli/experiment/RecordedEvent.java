package org.fedbiot.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * An event as a run record's line holds it: JSON in the form that Avro prints. What a newer release's event has beside
 * is not asked for, and what an older one's lacks has its schema's default, as when it is read from its topic.
 */
final class RecordedEvent {

    private RecordedEvent() {
    }

    /** @throws IllegalArgumentException naming the field that is missing or not of its type */
    static SpecificRecord of(Schema schema, JsonNode tree) {
        return record(schema, tree, schema.getName());
    }

    private static SpecificRecord record(Schema schema, JsonNode tree, String path) {
        require(tree.isObject(), path, "an object", tree);
        SpecificRecord record = (SpecificRecord) SpecificData.get().newRecord(null, schema);
        for (Schema.Field field : schema.getFields()) {
            JsonNode node = tree.get(field.name());
            String here = path + "." + field.name();
            require(node != null || field.hasDefaultValue(), here, "a value", tree);
            record.put(field.pos(), node == null ? SpecificData.get().getDefaultValue(field)
                    : value(field.schema(), node, here));
        }
        return record;
    }

    private static Object value(Schema schema, JsonNode node, String path) {
        return switch (schema.getType()) {
            case INT -> {
                require(node.isIntegralNumber() && node.canConvertToInt(), path, "a whole number", node);
                yield node.intValue();
            }
            case LONG -> {
                require(node.isIntegralNumber() && node.canConvertToLong(), path, "a whole number", node);
                yield node.longValue();
            }
            case DOUBLE -> number(node, path);
            case BOOLEAN -> {
                require(node.isBoolean(), path, "true or false", node);
                yield node.booleanValue();
            }
            case STRING -> text(node, path);
            case ENUM -> {
                require(schema.hasEnumSymbol(text(node, path)), path, "one of " + schema.getEnumSymbols(), node);
                yield SpecificData.get().createEnum(node.textValue(), schema);
            }
            case BYTES -> ByteBuffer.wrap(text(node, path).getBytes(StandardCharsets.ISO_8859_1));
            case ARRAY -> array(schema, node, path);
            case RECORD -> record(schema, node, path);
            case UNION -> node.isNull() ? null : value(present(schema), node, path);
            default -> throw new IllegalArgumentException(path + ": no event has type " + schema.getType());
        };
    }

    /** Unions in events are a value or null. */
    private static Schema present(Schema union) {
        return union.getTypes().stream().filter(type -> type.getType() != Schema.Type.NULL).findFirst().orElseThrow();
    }

    /** What is no number in JSON is a text there. */
    private static double number(JsonNode node, String path) {
        if (node.isNumber()) {
            return node.doubleValue();
        }
        return switch (node.asText()) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw new IllegalArgumentException(path + ": a number is expected, not " + node);
        };
    }

    private static String text(JsonNode node, String path) {
        require(node.isTextual(), path, "a text", node);
        return node.textValue();
    }

    private static List<Object> array(Schema schema, JsonNode node, String path) {
        require(node.isArray(), path, "a list", node);
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            values.add(value(schema.getElementType(), node.get(i), path + "[" + i + "]"));
        }
        return values;
    }

    private static void require(boolean holds, String path, String expected, JsonNode found) {
        if (!holds) {
            throw new IllegalArgumentException(path + ": " + expected + " is expected, not " + found);
        }
    }
}
