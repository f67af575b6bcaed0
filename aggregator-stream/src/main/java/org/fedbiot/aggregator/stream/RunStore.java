package org.fedbiot.aggregator.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * State of runs. Keys start with {@code <runId>/}, so that a run's end can drop all of it, or with a tilde and a name
 * where whoever keeps them drops them; the bare run id is the
 * mark that it has ended and stays, so that stragglers cannot bring a run's state back.
 */
final class RunStore {

    private static final byte[] MARK = new byte[0];

    private final KeyValueStore<String, byte[]> store;

    RunStore(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    /** Parts joined to a key; the run's id first. */
    static String key(Object... parts) {
        StringBuilder key = new StringBuilder();
        for (Object part : parts) {
            key.append(key.length() == 0 ? "" : "/").append(part);
        }
        return key.toString();
    }

    Optional<byte[]> get(String key) {
        return Optional.ofNullable(store.get(key));
    }

    boolean has(String key) {
        return store.get(key) != null;
    }

    void put(String key, byte[] value) {
        store.put(key, value);
    }

    void mark(String key) {
        store.put(key, MARK);
    }

    void delete(String key) {
        store.delete(key);
    }

    /** All keys that start so, in byte order; a copy, free of the store. */
    List<String> keys(String prefix) {
        List<String> keys = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> found = store.prefixScan(prefix, new StringSerializer())) {
            found.forEachRemaining(entry -> keys.add(entry.key));
        }
        return keys;
    }

    /** Whether a key starts so. */
    boolean any(String prefix) {
        try (KeyValueIterator<String, byte[]> found = store.prefixScan(prefix, new StringSerializer())) {
            return found.hasNext();
        }
    }

    /** Those keys with their values; as with {@link #keys}. */
    List<KeyValue<String, byte[]>> entries(String prefix) {
        List<KeyValue<String, byte[]>> entries = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> found = store.prefixScan(prefix, new StringSerializer())) {
            found.forEachRemaining(entries::add);
        }
        return entries;
    }

    void endRun(String runId) {
        keys(runId + "/").forEach(store::delete);
        mark(runId);
    }

    boolean ended(String runId) {
        return has(runId);
    }
}
