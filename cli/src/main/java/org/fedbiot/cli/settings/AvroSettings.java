package org.fedbiot.cli.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.UserError;

/**
 * Reads settings by their Avro schema, so that a run's YAML and its event can never disagree on a key, a default or a
 * type: the schema is the only list of settings. Unknown keys are refused.
 */
public final class AvroSettings {

    private final String origin;

    /** @param origin what the settings are called in errors */
    public AvroSettings(String origin) {
        this.origin = origin;
    }

    /** @throws UserError naming file and key of what is unknown, missing or of the wrong type */
    <T extends SpecificRecord> T read(Class<T> type, JsonNode section, String path) {
        return type.cast(record(SpecificData.get().getSchema(type), section, path));
    }

    /** Refuses keys of {@code section} that are not in {@code known}. */
    public void refuseUnknown(JsonNode section, Set<String> known, String path) {
        requireSection(section, path);
        for (Iterator<String> names = section.fieldNames(); names.hasNext();) {
            String name = names.next();
            if (!known.contains(name)) {
                throw error(path.isEmpty() ? name : path + "." + name, new KnownKeys(known).refusal(name));
            }
        }
    }

    /** Refuses what is neither missing nor a mapping of keys. */
    public void requireSection(JsonNode section, String path) {
        if (!section.isMissingNode() && !section.isObject()) {
            throw error(path, "a section of keys is expected, not " + section);
        }
    }

    /** What is wrong with a key, to be thrown. */
    public UserError error(String path, String problem) {
        return new UserError(origin + ": " + path + ": " + problem);
    }

    private Object record(Schema schema, JsonNode section, String path) {
        Set<String> known = new java.util.LinkedHashSet<>();
        schema.getFields().forEach(field -> known.add(field.name()));
        refuseUnknown(section, known, path);
        SpecificRecord record = (SpecificRecord) SpecificData.get().newRecord(null, schema);
        for (Schema.Field field : schema.getFields()) {
            JsonNode node = section.get(field.name());
            String here = path + "." + field.name();
            if (node == null && !field.hasDefaultValue()) {
                throw error(here, "missing");
            }
            record.put(field.pos(), node == null
                    ? SpecificData.get().getDefaultValue(field)
                    : value(field.schema(), node, here));
        }
        return record;
    }

    Object value(Schema schema, JsonNode node, String path) {
        return switch (schema.getType()) {
            case INT -> (int) whole(node, path, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> whole(node, path, Long.MIN_VALUE, Long.MAX_VALUE);
            case DOUBLE -> number(node, path);
            case BOOLEAN -> bool(node, path);
            case STRING -> text(node, path);
            case ENUM -> symbol(schema, node, path);
            case ARRAY -> array(schema, node, path);
            case RECORD -> record(schema, node, path);
            default -> throw new IllegalStateException(path + ": no setting has type " + schema.getType());
        };
    }

    private long whole(JsonNode node, String path, long least, long most) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < least
                || node.longValue() > most) {
            throw error(path, "a whole number is expected, not " + node);
        }
        return node.longValue();
    }

    private double number(JsonNode node, String path) {
        if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
            throw error(path, "a finite number is expected, not " + node);
        }
        return node.doubleValue();
    }

    private boolean bool(JsonNode node, String path) {
        if (!node.isBoolean()) {
            throw error(path, "true or false is expected, not " + node);
        }
        return node.booleanValue();
    }

    private String text(JsonNode node, String path) {
        if (!node.isValueNode() || node.isNull()) {
            throw error(path, "a text is expected, not " + node);
        }
        return node.asText();
    }

    private Object symbol(Schema schema, JsonNode node, String path) {
        String symbol = text(node, path).toUpperCase(Locale.ROOT);
        if (!schema.hasEnumSymbol(symbol)) {
            throw error(path, "one of " + schema.getEnumSymbols() + " is expected, not " + node);
        }
        return SpecificData.get().createEnum(symbol, schema);
    }

    private List<Object> array(Schema schema, JsonNode node, String path) {
        if (!node.isArray()) {
            throw error(path, "a list is expected, not " + node);
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            values.add(value(schema.getElementType(), node.get(i), path + "[" + i + "]"));
        }
        return values;
    }
}
