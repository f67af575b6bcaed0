package org.fedbiot.cli.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.fedbiot.cli.UserError;

/**
 * A run as one YAML file: what a person decides, the model, and the model owner's text. Clients' text is theirs and has
 * no place in it.
 *
 * @param directory of the file, from which relative paths in it go
 * @param runId empty if the file names none
 * @param publicText alignment set: a file or {@code generated:KIND}; empty where nothing is aligned
 * @param evaluationText the owner's evaluation set: a file or {@code generated:KIND}
 */
public record RunFile(Path directory, String runId, ModelSettings model, String publicText, String evaluationText,
        RunSettings settings) {

    private static final Set<String> OWN_SECTIONS = Set.of("runId", "model", "serverData");
    private static final Set<String> SERVER_DATA_KEYS = Set.of("publicLocation", "evaluationLocation");
    /** How a simulation deals text; a run's clients have their own. */
    private static final String DATA = "data";

    /**
     * @param set values by key, such as {@code training.steps}, over those of the file
     * @throws UserError naming file and key of what cannot be used, unknown keys too
     */
    public static RunFile read(Path file, Map<String, String> set) {
        SettingsTree tree = SettingsTree.ofFile(file).with(set);
        ObjectNode root = tree.root();
        AvroSettings read = new AvroSettings(tree.origin());
        if (root.has(DATA)) {
            throw read.error(DATA, "a run's clients have text of their own; only quickstart and experiment deal it out");
        }
        read.refuseUnknown(root, keys(), "");
        JsonNode model = section(read, root, "model");
        JsonNode serverData = section(read, root, "serverData");
        read.refuseUnknown(serverData, SERVER_DATA_KEYS, "serverData");
        String runId = root.path("runId").asText("");
        ObjectNode settings = root.deepCopy();
        settings.remove(OWN_SECTIONS);
        settings.putObject(DATA);
        return new RunFile(file.toAbsolutePath().normalize().getParent(), runId, ModelSettings.read(read, model),
                serverData.path("publicLocation").asText(""), serverData.path("evaluationLocation").asText(""),
                RunSettings.of(SettingsTree.of(tree.origin(), settings)));
    }

    private static Set<String> keys() {
        Set<String> keys = new TreeSet<>(RunSettings.SECTIONS);
        keys.addAll(OWN_SECTIONS);
        keys.remove(DATA);
        return keys;
    }

    private static JsonNode section(AvroSettings read, ObjectNode root, String name) {
        JsonNode section = root.get(name);
        if (section == null) {
            throw read.error(name, "this section is missing");
        }
        return section;
    }
}
