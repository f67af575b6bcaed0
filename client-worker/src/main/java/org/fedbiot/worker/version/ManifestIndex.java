package org.fedbiot.worker.version;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.EmulatorPublished;

/**
 * All manifests that were read, found by run, version and hash. A task that was done twice has published twice; the
 * decision names one of the two by its hash, so the hash is part of the identity and the first record of it stands.
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

    void add(SpecificRecord event, long bytes) {
        if (event instanceof BasePublished base) {
            put(new Identity(Kind.BASE, base.getRunId(), 0, base.getBaseSha256()), base, bytes);
        } else if (event instanceof EmulatorPublished emulator) {
            put(new Identity(Kind.EMULATOR, emulator.getRunId(), emulator.getVersion(), emulator.getSha256()),
                    emulator, bytes);
        } else if (event instanceof AdapterPublished adapter) {
            put(new Identity(Kind.ADAPTER, adapter.getRunId(), adapter.getVersion(), adapter.getSha256()), adapter,
                    bytes);
        }
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
