package org.fedbiot.worker.version;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;

/**
 * Factor vectors of emulator and adapter versions, by the hash that a decision names. A few are kept in memory by that
 * hash, which is a cache and nothing else. One thread at a time.
 */
public final class FactorVersions implements AutoCloseable {

    /** Adapter and emulator of this round and of the last one. */
    private static final int KEPT_VECTORS = 4;

    private final VersionCatalog catalog;
    private final PayloadFetch emulatorChunks;
    private final PayloadFetch adapterShards;
    private final Map<String, float[]> kept = new LinkedHashMap<>(KEPT_VECTORS * 2, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, float[]> eldest) {
            return size() > KEPT_VECTORS;
        }
    };

    /** @param catalog stays the caller's to close */
    public FactorVersions(KafkaSettings settings, String clientId, VersionCatalog catalog) {
        this.catalog = catalog;
        this.emulatorChunks = new PayloadFetch(
                new KafkaPayloadLog(settings, clientId + "-emulator", Topics.EMULATOR_CHUNK));
        this.adapterShards = new PayloadFetch(
                new KafkaPayloadLog(settings, clientId + "-adapter", Topics.ADAPTER_SHARD));
    }

    /**
     * The emulator's factors at a version.
     *
     * @return a copy of the flat vector in canonical layout, and what it cost, manifest included
     * @throws PayloadMissingException if the version or one of its chunks is not there, or is not what its hash says
     * @throws InterruptedException if the worker is closed meanwhile
     */
    public Found<float[]> emulator(String runId, int version, String sha256) throws InterruptedException {
        if (kept.containsKey(sha256)) {
            return new Found<>(kept.get(sha256).clone(), 0);
        }
        Found<EmulatorPublished> found = catalog.emulator(runId, version, sha256);
        EmulatorPublished manifest = found.value();
        String name = "run %s, emulator version %d".formatted(runId, version);
        requireHash(name, sha256, manifest.getChunks().stream().map(ChunkRef::getSha256).toList());
        Found<float[]> factors = fetch(name, emulatorChunks, Payload.chunks(runId, manifest.getChunks()),
                manifest.getElements());
        return keep(sha256, factors.value(), found.bytes() + factors.bytes());
    }

    /**
     * The adapter's factors at a version.
     *
     * @return a copy of the flat vector in canonical layout, and what it cost, manifest included
     * @throws PayloadMissingException if the version or one of its shards is not there, or is not what its hash says
     * @throws InterruptedException if the worker is closed meanwhile
     */
    public Found<float[]> adapter(String runId, int version, String sha256) throws InterruptedException {
        if (kept.containsKey(sha256)) {
            return new Found<>(kept.get(sha256).clone(), 0);
        }
        Found<AdapterPublished> found = catalog.adapter(runId, version, sha256);
        AdapterPublished manifest = found.value();
        String name = "run %s, adapter version %d".formatted(runId, version);
        requireHash(name, sha256, manifest.getShards().stream().map(ShardRef::getSha256).toList());
        Found<float[]> factors = fetch(name, adapterShards, Payload.shards(runId, version, manifest.getShards()),
                manifest.getElements());
        return keep(sha256, factors.value(), found.bytes() + factors.bytes());
    }

    @Override
    public void close() {
        emulatorChunks.close();
        adapterShards.close();
    }

    private Found<float[]> keep(String sha256, float[] values, long bytes) {
        kept.put(sha256, values);
        return new Found<>(values.clone(), bytes);
    }

    /** Puts a vector together from its parts. */
    static Found<float[]> fetch(String name, PayloadFetch source, List<Payload> parts, int elements)
            throws InterruptedException {
        long[] starts = new long[parts.size() + 1];
        for (int part = 0; part < parts.size(); part++) {
            starts[part + 1] = starts[part] + parts.get(part).bytes();
        }
        if (starts[parts.size()] != (long) elements * Float.BYTES) {
            throw new PayloadMissingException("%s: its manifest says %d elements, its parts have %d bytes".formatted(name,
                    elements, starts[parts.size()]));
        }
        ByteBuffer whole = ByteBuffer.allocate(elements * Float.BYTES);
        long read = source.fetch(parts, (part, bytes) -> {
            if (bytes.remaining() != parts.get(part).bytes()) {
                throw new PayloadMissingException("%s: part %d has %d bytes, its manifest says %d".formatted(name, part,
                        bytes.remaining(), parts.get(part).bytes()));
            }
            whole.put((int) starts[part], bytes, bytes.position(), bytes.remaining());
        });
        return new Found<>(LittleEndian.floats(whole), read);
    }

    private static void requireHash(String name, String announced, List<String> parts) {
        String found = Sha256.ofHashes(parts);
        if (!found.equals(announced)) {
            throw new PayloadMissingException("%s: announced with hash %s, its parts give %s".formatted(name, announced,
                    found));
        }
    }
}
