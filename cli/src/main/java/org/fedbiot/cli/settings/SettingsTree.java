package org.fedbiot.cli.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fedbiot.cli.UserError;

/** Settings in YAML as a tree: a preset or a file, with single keys set over it. A key that comes twice is refused. */
public final class SettingsTree {

    private static final YAMLMapper YAML =
            YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

    private final String origin;
    private final ObjectNode root;

    private SettingsTree(String origin, JsonNode root) {
        if (!(root instanceof ObjectNode object)) {
            throw new UserError(origin + ": not a YAML mapping of settings");
        }
        this.origin = origin;
        this.root = object;
    }

    /** @param origin what the settings are called in errors */
    static SettingsTree of(String origin, ObjectNode root) {
        return new SettingsTree(origin, root);
    }

    /** @throws UserError if the file is missing or not YAML, with its line */
    public static SettingsTree ofFile(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(file.toString(), in);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    public static SettingsTree ofPreset(String name) {
        try (InputStream in = SettingsTree.class.getResourceAsStream("/presets/" + name + ".yaml")) {
            if (in == null) {
                throw new UserError("no preset named " + name);
            }
            return read("preset " + name, in);
        } catch (IOException e) {
            throw new UserError("preset " + name + ": " + e.getMessage(), e);
        }
    }

    public static boolean hasPreset(String name) {
        return name.matches("[a-z0-9-]+") && SettingsTree.class.getResource("/presets/" + name + ".yaml") != null;
    }

    private static SettingsTree read(String origin, InputStream in) throws IOException {
        try {
            return new SettingsTree(origin, YAML.readTree(in));
        } catch (JsonProcessingException e) {
            throw new UserError(origin + ":" + (e.getLocation() == null ? "?" : e.getLocation().getLineNr())
                    + ": " + e.getOriginalMessage(), e);
        }
    }

    /** A copy with {@code path} (such as {@code training.steps}) set to a YAML scalar or flow value. */
    public SettingsTree with(String path, String yamlValue) {
        ObjectNode copy = root.deepCopy();
        List<String> keys = List.of(path.split("\\."));
        ObjectNode at = copy;
        for (String key : keys.subList(0, keys.size() - 1)) {
            JsonNode next = at.path(key);
            if (next.isMissingNode()) {
                next = at.putObject(key);
            }
            if (!(next instanceof ObjectNode object)) {
                throw new UserError("--set " + path + ": " + key + " is not a section");
            }
            at = object;
        }
        try {
            at.set(keys.get(keys.size() - 1), YAML.readTree(yamlValue));
        } catch (JsonProcessingException e) {
            throw new UserError("--set " + path + ": not a YAML value: " + yamlValue, e);
        }
        return new SettingsTree(origin, copy);
    }

    /** A copy with every entry of {@code values} set. */
    public SettingsTree with(Map<String, String> values) {
        SettingsTree tree = this;
        for (Map.Entry<String, String> entry : values.entrySet()) {
            tree = tree.with(entry.getKey(), entry.getValue());
        }
        return tree;
    }

    /** The same settings, called otherwise in errors. */
    public SettingsTree named(String name) {
        return new SettingsTree(name, root);
    }

    public String origin() {
        return origin;
    }

    public ObjectNode root() {
        return root.deepCopy();
    }
}
