package org.fedbiot.infra;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;

/** What the registry knows: a fold of its topic. Not safe for use by several threads. */
final class RegistryState {

    /** Every old archive must stay readable. */
    static final CompatibilityLevel DEFAULT_LEVEL = CompatibilityLevel.BACKWARD_TRANSITIVE;

    private final NavigableMap<Integer, String> schemas = new TreeMap<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final NavigableMap<String, NavigableMap<Integer, Integer>> subjects = new TreeMap<>();
    private final Map<String, CompatibilityLevel> levels = new HashMap<>();

    void apply(RegistryRecord record) {
        if (record instanceof RegistryRecord.SchemaById schema) {
            schemas.put(schema.id(), schema.schema());
            ids.put(schema.schema(), schema.id());
        } else if (record instanceof RegistryRecord.SubjectVersion version) {
            subjects.computeIfAbsent(version.subject(), unused -> new TreeMap<>())
                    .put(version.version(), version.id());
        } else if (record instanceof RegistryRecord.Level level) {
            levels.put(level.subject(), level.level());
        }
    }

    List<String> subjects() {
        return List.copyOf(subjects.keySet());
    }

    String schema(int id) {
        String schema = schemas.get(id);
        if (schema == null) {
            throw RegistryRefusal.noSchema("id " + id);
        }
        return schema;
    }

    /** Schema ids by version, ascending. */
    NavigableMap<Integer, Integer> versions(String subject) {
        NavigableMap<Integer, Integer> versions = subjects.get(subject);
        if (versions == null) {
            throw RegistryRefusal.noSubject(subject);
        }
        return versions;
    }

    RegistryRecord.SubjectVersion version(String subject, int version) {
        Integer id = versions(subject).get(version);
        if (id == null) {
            throw RegistryRefusal.noVersion(subject, version);
        }
        return new RegistryRecord.SubjectVersion(subject, version, id);
    }

    /** The version under which a subject has this schema. */
    Optional<RegistryRecord.SubjectVersion> find(String subject, Schema schema) {
        Integer id = ids.get(schema.toString());
        return subjects.getOrDefault(subject, new TreeMap<>()).entrySet().stream()
                .filter(version -> version.getValue().equals(id))
                .map(version -> new RegistryRecord.SubjectVersion(subject, version.getKey(), version.getValue()))
                .findFirst();
    }

    CompatibilityLevel level(String subject) {
        return ownLevel(subject).or(() -> ownLevel("")).orElse(DEFAULT_LEVEL);
    }

    Optional<CompatibilityLevel> ownLevel(String subject) {
        return Optional.ofNullable(levels.get(subject));
    }

    /**
     * What to write so that the subject has this schema as its next version; nothing is applied yet.
     *
     * @throws RegistryRefusal 409 if the subject's compatibility forbids it
     */
    List<RegistryRecord> registration(String subject, Schema schema) {
        NavigableMap<Integer, Integer> versions = subjects.getOrDefault(subject, new TreeMap<>());
        List<Schema> earlier = versions.values().stream().map(id -> parse(schemas.get(id))).toList();
        CompatibilityLevel level = level(subject);
        level.objection(schema, earlier).ifPresent(why -> {
            throw RegistryRefusal.incompatible(subject, level, why);
        });
        List<RegistryRecord> records = new ArrayList<>();
        String text = schema.toString();
        Integer id = ids.get(text);
        if (id == null) {
            id = schemas.isEmpty() ? 1 : schemas.lastKey() + 1;
            records.add(new RegistryRecord.SchemaById(id, text));
        }
        int version = versions.isEmpty() ? 1 : versions.lastKey() + 1;
        records.add(new RegistryRecord.SubjectVersion(subject, version, id));
        return records;
    }

    static Schema parse(String schema) {
        return new Schema.Parser().parse(schema);
    }
}
