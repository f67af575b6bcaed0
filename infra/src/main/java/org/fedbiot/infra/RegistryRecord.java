package org.fedbiot.infra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** What the registry's topic holds, one JSON object a record under a key that compaction goes by. */
sealed interface RegistryRecord {

    String key();

    String value();

    /** An id means this schema for ever. */
    record SchemaById(int id, String schema) implements RegistryRecord {
        @Override
        public String key() {
            return "schema/" + id;
        }

        @Override
        public String value() {
            return JSON.createObjectNode().put("id", id).put("schema", schema).toString();
        }
    }

    /** A version of a subject is this schema. */
    record SubjectVersion(String subject, int version, int id) implements RegistryRecord {
        @Override
        public String key() {
            return "version/" + subject + "/" + version;
        }

        @Override
        public String value() {
            return JSON.createObjectNode().put("subject", subject).put("version", version).put("id", id).toString();
        }
    }

    /** Compatibility of one subject, or of all that have none of their own where the subject is empty. */
    record Level(String subject, CompatibilityLevel level) implements RegistryRecord {
        @Override
        public String key() {
            return subject.isEmpty() ? "config" : "config/" + subject;
        }

        @Override
        public String value() {
            return JSON.createObjectNode().put("subject", subject).put("compatibility", level.name()).toString();
        }
    }

    ObjectMapper JSON = new ObjectMapper();

    /** @throws IllegalArgumentException if this registry did not write it; says the key */
    static RegistryRecord parse(String key, String value) {
        JsonNode json;
        try {
            json = JSON.readTree(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("value under key " + key + " is no JSON", e);
        }
        if (key.startsWith("schema/")) {
            return new SchemaById(json.path("id").intValue(), json.path("schema").textValue());
        }
        if (key.startsWith("version/")) {
            return new SubjectVersion(json.path("subject").textValue(), json.path("version").intValue(),
                    json.path("id").intValue());
        }
        if (key.equals("config") || key.startsWith("config/")) {
            return new Level(json.path("subject").textValue(),
                    CompatibilityLevel.valueOf(json.path("compatibility").asText()));
        }
        throw new IllegalArgumentException("a key that the registry does not write: " + key);
    }
}
