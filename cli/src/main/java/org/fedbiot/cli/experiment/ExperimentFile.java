package org.fedbiot.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.experiment.cost.Budget;
import org.fedbiot.cli.settings.AvroSettings;
import org.fedbiot.cli.settings.ModelSettings;
import org.fedbiot.cli.settings.SettingsTree;
import org.fedbiot.learning.model.LlamaConfig;

/**
 * An experiment as one YAML file.
 *
 * @param model a shipped or pulled model's name, a directory or a GGUF file
 * @param shape of the model, for a dry run where it is not here
 * @param settings preset or file that all cells start from; empty for the model's own preset
 * @param set YAML values by settings key, over these
 * @param texts YAML values by key of {@link TextFiles}
 * @param budget what every row is given as much of as the reference row; empty where rows keep their own settings
 */
record ExperimentFile(Path file, String name, String model, Optional<LlamaConfig> shape, Optional<String> settings,
        Map<String, String> set, Map<String, String> texts, List<Method> methods, List<Axis> axes, List<Long> seeds,
        Optional<Budget> budget) {

    private static final Set<String> KEYS = Set.of("name", "model", "shape", "settings", "set", "methods", "grid",
            "variants", "seeds", "budget", TextFiles.CLIENTS, TextFiles.EVALUATION, TextFiles.PUBLIC);
    /** It is a directory's name. */
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";

    ExperimentFile {
        methods = List.copyOf(methods);
        axes = List.copyOf(axes);
        seeds = List.copyOf(seeds);
    }

    /** @throws UserError naming file and key of what cannot be used, unknown keys too; settings are not looked at */
    static ExperimentFile read(Path file) {
        SettingsTree tree = SettingsTree.ofFile(file);
        return new Reading(file, tree.root(), new AvroSettings(tree.origin())).file();
    }

    /** All text files that some cell names. */
    Set<Path> textFiles() {
        Set<Path> files = new LinkedHashSet<>();
        texts.values().forEach(path -> files.add(resolve(path)));
        for (Axis axis : axes) {
            for (Axis.Choice choice : axis.choices()) {
                TextFiles.KEYS.stream().filter(choice.settings()::containsKey)
                        .forEach(key -> files.add(resolve(choice.settings().get(key))));
            }
        }
        return files;
    }

    /** A text file's path as the file may have it, the same wherever the whole lies. */
    String relative(Path text) {
        return file.toAbsolutePath().getParent().normalize().relativize(text).toString();
    }

    /** A path of the file; relative ones go from its directory. */
    Path resolve(String path) {
        return file.toAbsolutePath().getParent().resolve(path).normalize();
    }

    private record Reading(Path path, ObjectNode root, AvroSettings read) {

        ExperimentFile file() {
            read.refuseUnknown(root, KEYS, "");
            Map<String, String> texts = new LinkedHashMap<>();
            for (String key : TextFiles.KEYS) {
                text(key).ifPresent(value -> texts.put(key, value));
            }
            String name = required("name");
            if (!name.matches(NAME)) {
                throw read.error("name", "letters, digits, '.', '_' and '-' are expected, not " + name);
            }
            return new ExperimentFile(path, name, required("model"), shape(), text("settings"),
                    settings(root.path("set"), "set"), texts, methods(), axes(), seeds(), budget());
        }

        private Optional<String> text(String key) {
            JsonNode node = root.path(key);
            if (!node.isMissingNode() && (!node.isTextual() || node.asText().isBlank())) {
                throw read.error(key, "a text is expected, not " + node);
            }
            return node.isMissingNode() ? Optional.empty() : Optional.of(node.asText());
        }

        private Optional<LlamaConfig> shape() {
            return Optional.ofNullable(root.get("shape")).map(node -> ModelSettings.shape(read, node, "shape"));
        }

        private String required(String key) {
            return text(key).orElseThrow(() -> read.error(key, "missing"));
        }

        private List<Method> methods() {
            List<Method> methods = new ArrayList<>();
            for (JsonNode node : list("methods")) {
                methods.add(Method.of(node.asText()).orElseThrow(() -> read.error("methods", "one of "
                        + Method.labels() + " is expected, not " + node + "; raw-full and raw-compressed need no run,"
                        + " every run scores them")));
            }
            return distinct("methods", methods);
        }

        private List<Long> seeds() {
            List<Long> seeds = new ArrayList<>();
            for (JsonNode node : list("seeds")) {
                if (!node.isIntegralNumber() || !node.canConvertToLong()) {
                    throw read.error("seeds", "whole numbers are expected, not " + node);
                }
                seeds.add(node.longValue());
            }
            return distinct("seeds", seeds);
        }

        private Optional<Budget> budget() {
            return text("budget").map(label -> Budget.of(label).orElseThrow(() ->
                    read.error("budget", "one of " + Budget.labels() + " is expected, not " + label)));
        }

        private List<Axis> axes() {
            List<Axis> axes = new ArrayList<>();
            read.requireSection(root.path("grid"), "grid");
            root.path("grid").fields().forEachRemaining(entry -> {
                String key = "grid." + entry.getKey();
                List<Axis.Choice> choices = new ArrayList<>();
                for (JsonNode value : list(key, entry.getValue())) {
                    choices.add(new Axis.Choice(label(value), Map.of(entry.getKey(), yaml(entry.getKey(), value))));
                }
                axes.add(new Axis(entry.getKey(), distinct(key, choices)));
            });
            List<Axis.Choice> variants = new ArrayList<>();
            read.requireSection(root.path("variants"), "variants");
            root.path("variants").fields().forEachRemaining(entry -> variants.add(new Axis.Choice(entry.getKey(),
                    settings(entry.getValue(), "variants." + entry.getKey()))));
            if (!variants.isEmpty()) {
                axes.add(new Axis(Axis.VARIANT, variants));
            }
            requireOneMeaning(axes);
            return axes;
        }

        /** What two places set would be labelled with one's value and run with the other's. */
        private void requireOneMeaning(List<Axis> axes) {
            Map<String, String> places = new LinkedHashMap<>();
            places.put("seed", "seeds");
            root.path("set").fieldNames().forEachRemaining(key -> requireFree(places, key, "set." + key));
            for (Axis axis : axes) {
                boolean variant = axis.name().equals(Axis.VARIANT);
                Set<String> keys = new LinkedHashSet<>();
                axis.choices().forEach(choice -> keys.addAll(choice.settings().keySet()));
                keys.forEach(key -> requireFree(places, key, variant ? "variants" : "grid." + key));
                keys.forEach(key -> places.put(key, "grid"));
            }
        }

        private void requireFree(Map<String, String> places, String key, String here) {
            if (places.containsKey(key)) {
                throw read.error(here, key + " is set by " + places.get(key) + " already");
            }
        }

        private Map<String, String> settings(JsonNode section, String path) {
            read.requireSection(section, path);
            Map<String, String> settings = new LinkedHashMap<>();
            section.fields().forEachRemaining(entry -> settings.put(entry.getKey(),
                    yaml(entry.getKey(), entry.getValue())));
            return settings;
        }

        /** A text file's path is no YAML. */
        private static String yaml(String key, JsonNode value) {
            return TextFiles.KEYS.contains(key) ? value.asText() : value.toString();
        }

        private JsonNode list(String key) {
            return list(key, root.path(key));
        }

        private JsonNode list(String key, JsonNode node) {
            if (!node.isArray() || node.isEmpty()) {
                throw read.error(key, "a list of at least one is expected, not "
                        + (node.isMissingNode() ? "nothing" : node));
            }
            return node;
        }

        private <T> List<T> distinct(String key, List<T> values) {
            Set<T> seen = new LinkedHashSet<>();
            for (T value : values) {
                if (!seen.add(value)) {
                    throw read.error(key, "names one twice");
                }
            }
            return values;
        }

        private static String label(JsonNode value) {
            if (!value.isArray()) {
                return value.isValueNode() ? value.asText() : value.toString();
            }
            List<String> elements = new ArrayList<>();
            value.forEach(element -> elements.add(label(element)));
            return String.join(" ", elements);
        }
    }
}
