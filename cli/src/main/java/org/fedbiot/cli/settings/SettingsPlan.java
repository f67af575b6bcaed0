package org.fedbiot.cli.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Settings as they come out when all is resolved: every key with its value. Of a secret it says which environment
 * variable it is taken from and whether that is set.
 *
 * @param tree the whole, for programs
 * @param lines a line for each key, for people
 * @param problems what would keep a process from starting: secrets that are not set, files that are not there
 */
public record SettingsPlan(ObjectNode tree, List<String> lines, List<String> problems) {

    public SettingsPlan {
        lines = List.copyOf(lines);
        problems = List.copyOf(problems);
    }

    public static SettingsPlan of(Record settings, Map<String, String> environment) {
        Drawing drawing = new Drawing(environment);
        ObjectNode tree = drawing.section(settings, "");
        return new SettingsPlan(tree, drawing.lines, drawing.problems);
    }

    /** Not thread-safe. */
    private static final class Drawing {

        private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

        private final Map<String, String> environment;
        private final List<String> lines = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();

        private Drawing(Map<String, String> environment) {
            this.environment = environment;
        }

        private ObjectNode section(Record settings, String prefix) {
            ObjectNode section = JSON.objectNode();
            for (RecordComponent component : settings.getClass().getRecordComponents()) {
                String path = prefix + component.getName();
                Object value = valueOf(component, settings);
                Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
                if (component.isAnnotationPresent(MustExist.class) && present instanceof Path file
                        && !Files.isReadable(file)) {
                    problems.add(path + ": cannot read " + file);
                }
                section.set(component.getName(), node(present, path));
            }
            return section;
        }

        private JsonNode node(Object value, String path) {
            if (value instanceof SecretVariable secret) {
                return secret(secret, path);
            } else if (value instanceof Record settings) {
                return section(settings, path + ".");
            } else if (value instanceof List<?> values) {
                return list(values, path);
            } else if (value instanceof Map<?, ?> values) {
                ObjectNode map = JSON.objectNode();
                if (values.isEmpty()) {
                    lines.add(path + ": none");
                }
                new TreeMap<>(values).forEach((key, element) ->
                        map.set(key.toString(), node(element, path + "." + key)));
                return map;
            }
            return leaf(value, path);
        }

        private ArrayNode list(List<?> values, String path) {
            ArrayNode list = JSON.arrayNode();
            for (int i = 0; i < values.size(); i++) {
                list.add(node(values.get(i), path + "[" + i + "]"));
            }
            return list;
        }

        private JsonNode secret(SecretVariable secret, String path) {
            boolean set = secret.isSet(environment);
            lines.add(path + ": from $" + secret.name() + (set ? ", set" : ", not set"));
            if (!set) {
                problems.add(path + ": environment variable " + secret.name() + " is not set");
            }
            return JSON.objectNode().put("variable", secret.name()).put("set", set);
        }

        private JsonNode leaf(Object value, String path) {
            lines.add(path + ": " + (value == null ? "not set" : value));
            if (value == null) {
                return JSON.nullNode();
            } else if (value instanceof Integer number) {
                return JSON.numberNode(number);
            } else if (value instanceof Boolean truth) {
                return JSON.booleanNode(truth);
            }
            return JSON.textNode(value.toString());
        }

        private static Object valueOf(RecordComponent component, Record settings) {
            try {
                component.getAccessor().setAccessible(true);
                return component.getAccessor().invoke(settings);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(component + " cannot be asked", e);
            }
        }
    }
}
