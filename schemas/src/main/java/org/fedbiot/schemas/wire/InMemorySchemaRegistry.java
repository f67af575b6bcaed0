package org.fedbiot.schemas.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/** A registry for unit tests: one for each {@code mock://name} in this JVM, nothing checked, nothing kept. */
public final class InMemorySchemaRegistry implements SchemaRegistry {

    private static final Map<String, InMemorySchemaRegistry> SHARED = new ConcurrentHashMap<>();

    private final List<Schema> schemas = new ArrayList<>();
    private final Map<String, Map<Schema, Integer>> subjects = new LinkedHashMap<>();

    /** The one that all serdes with this url share. */
    public static InMemorySchemaRegistry named(String name) {
        return SHARED.computeIfAbsent(name, unused -> new InMemorySchemaRegistry());
    }

    @Override
    public synchronized int register(String subject, Schema schema) {
        int known = schemas.indexOf(schema);
        if (known < 0) {
            schemas.add(schema);
            known = schemas.size() - 1;
        }
        subjects.computeIfAbsent(subject, unused -> new LinkedHashMap<>()).put(schema, known + 1);
        return known + 1;
    }

    @Override
    public synchronized int lookUp(String subject, Schema schema) {
        Integer id = subjects.getOrDefault(subject, Map.of()).get(schema);
        if (id == null) {
            throw new RegistryException("in-memory registry: subject " + subject + " has no such schema "
                    + schema.getFullName(), 404, null);
        }
        return id;
    }

    @Override
    public synchronized Schema byId(int id) {
        if (id < 1 || id > schemas.size()) {
            throw new RegistryException("in-memory registry: no schema with id " + id, 404, null);
        }
        return schemas.get(id - 1);
    }

    /** Subjects registered so far. */
    public synchronized List<String> subjects() {
        return List.copyOf(subjects.keySet());
    }
}
