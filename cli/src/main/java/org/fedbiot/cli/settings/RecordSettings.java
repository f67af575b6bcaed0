package org.fedbiot.cli.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.fedbiot.cli.UserError;

/**
 * Reads settings into a record, whose components are the only list of keys: what is read, checked and printed cannot
 * disagree. A component is a text, a whole number, true or false, a path, an enum's constant, a {@link SecretVariable},
 * a section with keys of its own, or an optional, a list or a map of these; what its record's constructor refuses is
 * refused with the section's name.
 */
public final class RecordSettings {

    private static final YAMLMapper YAML = new YAMLMapper();

    private final SettingsSource source;

    private RecordSettings(SettingsSource source) {
        this.source = source;
    }

    /** @throws UserError naming file and key of what is unknown, missing, of the wrong type or out of bounds */
    public static <T extends Record> T read(Class<T> type, SettingsSource source) {
        return type.cast(new RecordSettings(source).section(type, source.root(), ""));
    }

    private Object section(Class<?> type, JsonNode section, String path) {
        if (!section.isObject()) {
            throw error(path, "a section of keys is expected, not " + section);
        }
        RecordComponent[] components = type.getRecordComponents();
        KnownKeys known = new KnownKeys(Arrays.stream(components).map(RecordComponent::getName).toList());
        section.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw error(join(path, name), known.refusal(name));
            }
        });
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = component(components[i], section.path(components[i].getName()),
                    join(path, components[i].getName()));
        }
        return construct(type, components, values, path);
    }

    private Object component(RecordComponent component, JsonNode node, String path) {
        DefaultValue standard = component.getAnnotation(DefaultValue.class);
        if (node.isMissingNode() && standard != null) {
            return value(component.getGenericType(), yaml(standard.value()), path);
        }
        return value(component.getGenericType(), node, path);
    }

    private Object value(Type type, JsonNode node, String path) {
        if (type instanceof ParameterizedType generic) {
            return container(generic, node, path);
        }
        if (node.isMissingNode()) {
            throw error(path, "missing");
        }
        Class<?> simple = (Class<?>) type;
        if (simple == int.class || simple == Integer.class) {
            return whole(node, path);
        } else if (simple == boolean.class) {
            return bool(node, path);
        } else if (simple == String.class) {
            return text(node, path);
        } else if (simple == Path.class) {
            return source.resolve(path, text(node, path));
        } else if (simple == SecretVariable.class) {
            return secret(node, path);
        } else if (simple.isEnum()) {
            return constant(simple, node, path);
        } else if (simple.isRecord()) {
            return section(simple, node, path);
        }
        throw new IllegalStateException(path + ": no setting has type " + type);
    }

    private Object container(ParameterizedType type, JsonNode node, String path) {
        Type element = type.getActualTypeArguments()[0];
        if (type.getRawType() == Optional.class) {
            return node.isMissingNode() ? Optional.empty() : Optional.of(value(element, node, path));
        } else if (type.getRawType() == List.class) {
            return list(element, node, path);
        } else if (type.getRawType() == Map.class) {
            return map(type.getActualTypeArguments()[1], node, path);
        }
        throw new IllegalStateException(path + ": no setting has type " + type);
    }

    private List<Object> list(Type element, JsonNode node, String path) {
        if (!node.isArray()) {
            throw error(path, node.isMissingNode() ? "missing" : "a list is expected, not " + node);
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            values.add(value(element, node.get(i), path + "[" + i + "]"));
        }
        return values;
    }

    private Map<String, Object> map(Type element, JsonNode node, String path) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (!node.isMissingNode()) {
            flatten(element, node, path, "", values);
        }
        return values;
    }

    /** A key with dots in it may be written as sections too, as {@code --set} does. */
    private void flatten(Type element, JsonNode node, String path, String prefix, Map<String, Object> values) {
        if (!node.isObject()) {
            throw error(path, "a section of keys is expected, not " + node);
        }
        node.fields().forEachRemaining(entry -> {
            String key = join(prefix, entry.getKey());
            if (entry.getValue().isObject()) {
                flatten(element, entry.getValue(), path, key, values);
            } else {
                values.put(key, value(element, entry.getValue(), join(path, key)));
            }
        });
    }

    private int whole(JsonNode node, String path) {
        if (!node.isInt()) {
            throw error(path, "a whole number is expected, not " + node);
        }
        return node.intValue();
    }

    private boolean bool(JsonNode node, String path) {
        if (!node.isBoolean()) {
            throw error(path, "true or false is expected, not " + node);
        }
        return node.booleanValue();
    }

    private String text(JsonNode node, String path) {
        if (!node.isValueNode() || node.isNull() || node.asText().isBlank()) {
            throw error(path, "a text is expected, not " + node);
        }
        return node.asText();
    }

    private SecretVariable secret(JsonNode node, String path) {
        try {
            return new SecretVariable(text(node, path));
        } catch (IllegalArgumentException e) {
            throw error(path, e.getMessage());
        }
    }

    private Object constant(Class<?> type, JsonNode node, String path) {
        String name = text(node, path).toUpperCase(Locale.ROOT);
        return Arrays.stream(type.getEnumConstants()).filter(constant -> ((Enum<?>) constant).name().equals(name))
                .findFirst().orElseThrow(() -> error(path, "one of " + Arrays.toString(type.getEnumConstants())
                        + " is expected, not " + node));
    }

    private Object construct(Class<?> type, RecordComponent[] components, Object[] values, String path) {
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            canonical.setAccessible(true);
            return canonical.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refusal) {
                throw error(path, refusal.getMessage());
            }
            throw new IllegalStateException(type + " cannot be made of " + Arrays.toString(values), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " is no record that can be read", e);
        }
    }

    private UserError error(String path, String problem) {
        return new UserError(source.origin(path) + ": " + (path.isEmpty() ? "" : path + ": ") + problem);
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static JsonNode yaml(String value) {
        try {
            return YAML.readTree(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a default is no YAML value: " + value, e);
        }
    }
}
