package org.fedbiot.cli.settings;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where settings come from: a YAML file, with single keys set over it on the command line, or these alone. A relative
 * path is taken from the directory of the file that it stands in, one of the command line from the working directory.
 */
public final class SettingsSource {

    private static final String SET = "--set";

    private final SettingsTree tree;
    private final Optional<Path> file;
    private final Set<String> overridden;

    private SettingsSource(SettingsTree tree, Optional<Path> file, Set<String> overridden) {
        this.tree = tree;
        this.file = file;
        this.overridden = overridden;
    }

    /** @throws org.fedbiot.cli.UserError if the file cannot be read as YAML, or a key cannot be set in it */
    public static SettingsSource of(Optional<Path> file, Map<String, String> overrides) {
        SettingsTree tree = file.map(SettingsTree::ofFile)
                .orElseGet(() -> SettingsTree.of(SET, JsonNodeFactory.instance.objectNode()));
        return new SettingsSource(tree.with(overrides), file, Set.copyOf(overrides.keySet()));
    }

    ObjectNode root() {
        return tree.root();
    }

    /** What a key's settings are called in errors. */
    public String origin(String key) {
        return isOverridden(key) ? SET : tree.origin();
    }

    Path resolve(String key, String path) {
        Path home = isOverridden(key) ? Path.of("")
                : file.map(Path::toAbsolutePath).map(Path::getParent).orElse(Path.of(""));
        return home.resolve(path).toAbsolutePath().normalize();
    }

    private boolean isOverridden(String key) {
        return overridden.stream().anyMatch(set ->
                key.equals(set) || key.startsWith(set + ".") || key.startsWith(set + "["));
    }
}
