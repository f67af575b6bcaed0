package org.fedbiot.cli.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import org.fedbiot.learning.model.LlamaConfig;

/**
 * Which model a run is about.
 *
 * @param location directory, GGUF file, or name of a model that is shipped or was pulled
 * @param name for people, and what PEFT shall load the adapter onto; empty for the location's own
 * @param sha256 of the weights, as {@code model inspect} prints it; empty where the files say it
 * @param shape empty where the files say it
 */
public record ModelSettings(String location, String name, String sha256, Optional<LlamaConfig> shape) {

    private static final Set<String> KEYS = Set.of("location", "name", "sha256", "shape");
    private static final Set<String> SHAPE_KEYS = Set.of("vocabularySize", "hiddenSize", "intermediateSize", "layers",
            "heads", "keyValueHeads", "headSize", "tiedEmbeddings", "contextLength");

    /** LLaMA's own; no size depends on them. */
    private static final double ROPE_THETA = 10_000;
    private static final double NORM_EPSILON = 1e-5;

    static ModelSettings read(AvroSettings read, JsonNode section) {
        read.refuseUnknown(section, KEYS, "model");
        JsonNode location = section.path("location");
        if (!location.isTextual() || location.asText().isBlank()) {
            throw read.error("model.location", "a name, a directory or a GGUF file is expected");
        }
        String sha256 = section.path("sha256").asText("");
        if (!sha256.matches("([0-9a-f]{64})?")) {
            throw read.error("model.sha256", "64 lower-case hex digits are expected, as fedbiot model inspect prints");
        }
        return new ModelSettings(location.asText(), section.path("name").asText(""), sha256,
                section.has("shape") ? Optional.of(shape(read, section.get("shape"), "model.shape")) : Optional.empty());
    }

    /**
     * A model's sizes, which say all that a plan needs of it.
     *
     * @param path of the section, for messages
     */
    public static LlamaConfig shape(AvroSettings read, JsonNode section, String path) {
        read.refuseUnknown(section, SHAPE_KEYS, path);
        JsonNode tied = section.path("tiedEmbeddings");
        if (!tied.isBoolean()) {
            throw read.error(path + ".tiedEmbeddings", "true or false is expected");
        }
        try {
            return new LlamaConfig(size(read, section, path, "vocabularySize"), size(read, section, path, "hiddenSize"),
                    size(read, section, path, "intermediateSize"), size(read, section, path, "layers"),
                    size(read, section, path, "heads"), size(read, section, path, "keyValueHeads"),
                    size(read, section, path, "headSize"), ROPE_THETA, NORM_EPSILON, tied.booleanValue(),
                    size(read, section, path, "contextLength"));
        } catch (IllegalArgumentException e) {
            throw read.error(path, e.getMessage());
        }
    }

    /** Whether a model has the sizes of a shape, which says nothing of the constants beside them. */
    public static boolean fits(LlamaConfig config, LlamaConfig shape) {
        return new LlamaConfig(config.vocabularySize(), config.hiddenSize(), config.intermediateSize(),
                config.layers(), config.heads(), config.keyValueHeads(), config.headSize(), shape.ropeTheta(),
                shape.normEpsilon(), config.tiedEmbeddings(), config.contextLength()).equals(shape);
    }

    private static int size(AvroSettings read, JsonNode section, String path, String key) {
        JsonNode value = section.path(key);
        if (!value.isInt()) {
            throw read.error(path + "." + key, "a whole number is expected");
        }
        return value.intValue();
    }
}
