package org.fedbiot.cli.exposure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterShard;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.integrity.Sha256;

/**
 * What was read, record by record: manifests whole, payloads by the hash of their bytes, whatever they say of
 * themselves. Small however large the model is. Not thread-safe.
 */
final class Readings {

    private final List<BasePublished> bases = new ArrayList<>();
    private final Map<String, Integer> chunkBytes = new HashMap<>();
    private final SortedMap<String, SortedSet<Integer>> adapterVersions = new TreeMap<>();
    private final SortedMap<String, SortedSet<Integer>> emulatorVersions = new TreeMap<>();
    private final Set<String> factorChunks = new TreeSet<>();

    void add(SpecificRecord event) {
        if (event instanceof BasePublished base) {
            bases.add(base);
        } else if (event instanceof TensorChunk chunk) {
            chunkBytes.put(Sha256.of(chunk.getData()), chunk.getData().remaining());
        } else if (event instanceof EmulatorPublished emulator) {
            emulatorVersions.computeIfAbsent(emulator.getRunId(), run -> new TreeSet<>()).add(emulator.getVersion());
            emulator.getChunks().forEach(chunk -> factorChunks.add(chunk.getSha256()));
        } else if (event instanceof AdapterShard shard) {
            adapterVersions.computeIfAbsent(shard.getRunId(), run -> new TreeSet<>()).add(shard.getVersion());
        }
    }

    /** In the order of their topic. */
    List<BasePublished> bases() {
        return List.copyOf(bases);
    }

    boolean hasChunk(String sha256) {
        return chunkBytes.containsKey(sha256);
    }

    /** Size in bytes by hash, of every chunk of any topic. */
    Map<String, Integer> chunks() {
        return Map.copyOf(chunkBytes);
    }

    /** Hashes that the manifests of emulator versions name. */
    Set<String> factorChunks() {
        return Set.copyOf(factorChunks);
    }

    List<Integer> adapterVersions(String runId) {
        return List.copyOf(adapterVersions.getOrDefault(runId, new TreeSet<>()));
    }

    List<Integer> emulatorVersions(String runId) {
        return List.copyOf(emulatorVersions.getOrDefault(runId, new TreeSet<>()));
    }
}
