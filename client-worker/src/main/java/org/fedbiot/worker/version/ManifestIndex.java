package org.fedbiot.worker.version;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.FileRef;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.event.TensorRef;

/**
 * All manifests that were read, found by run, version and hash. A task that was done twice has published twice; the
 * decision names one of the two by its hash, so the hash is part of the identity and the first record of it stands.
 *
 * <p>What a manifest is said to have cost is without the offsets that it hints at. They are as long on the wire as
 * they are large, and how large is no two times the same: transactions of the writer take offsets too.
 */
final class ManifestIndex {

    private enum Kind {
        BASE,
        EMULATOR,
        ADAPTER
    }

    private record Identity(Kind kind, String runId, int version, String sha256) {
    }

    private final Map<Identity, Found<? extends SpecificRecord>> entries = new HashMap<>();

    /** @param bytes of the record's key and value */
    void add(SpecificRecord event, long bytes) {
        if (event instanceof BasePublished base) {
            put(new Identity(Kind.BASE, base.getRunId(), 0, base.getBaseSha256()), base,
                    bytes - hints(Stream.concat(base.getTensors().stream().map(TensorRef::getChunks),
                            base.getFiles().stream().map(FileRef::getChunks)).flatMap(List::stream)
                            .map(ChunkRef::getOffset)));
        } else if (event instanceof EmulatorPublished emulator) {
            put(new Identity(Kind.EMULATOR, emulator.getRunId(), emulator.getVersion(), emulator.getSha256()),
                    emulator, bytes - hints(emulator.getChunks().stream().map(ChunkRef::getOffset)));
        } else if (event instanceof AdapterPublished adapter) {
            put(new Identity(Kind.ADAPTER, adapter.getRunId(), adapter.getVersion(), adapter.getSha256()), adapter,
                    bytes - hints(adapter.getShards().stream().map(ShardRef::getOffset)));
        }
    }

    /** Bytes that Avro writes offsets in: seven bits in each, the sign among them. */
    private static long hints(Stream<Long> offsets) {
        return offsets.mapToLong(offset -> {
            long zigzag = (offset << 1) ^ (offset >> (Long.SIZE - 1));
            return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(zigzag) + 6) / 7);
        }).sum();
    }

    Optional<Found<BasePublished>> base(String runId, String sha256) {
        return get(new Identity(Kind.BASE, runId, 0, sha256), BasePublished.class);
    }

    Optional<Found<EmulatorPublished>> emulator(String runId, int version, String sha256) {
        return get(new Identity(Kind.EMULATOR, runId, version, sha256), EmulatorPublished.class);
    }

    Optional<Found<AdapterPublished>> adapter(String runId, int version, String sha256) {
        return get(new Identity(Kind.ADAPTER, runId, version, sha256), AdapterPublished.class);
    }

    private <T extends SpecificRecord> void put(Identity identity, T manifest, long bytes) {
        entries.putIfAbsent(identity, new Found<>(manifest, bytes));
    }

    private <T> Optional<Found<T>> get(Identity identity, Class<T> type) {
        return Optional.ofNullable(entries.get(identity))
                .map(entry -> new Found<>(type.cast(entry.value()), entry.bytes()));
    }
}
