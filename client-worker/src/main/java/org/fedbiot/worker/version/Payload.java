package org.fedbiot.worker.version;

import java.util.List;
import java.util.Objects;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * A payload that a manifest names: what identifies it, and where it probably lies.
 *
 * @param key of its record
 * @param sha256 over its bytes; this decides, key and place only help to find it
 * @param bytes how many it has
 * @param partition hint, -1 if unknown
 * @param offset hint, -1 if unknown
 */
public record Payload(String key, String sha256, int bytes, int partition, long offset) {

    public Payload {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(sha256, "sha256");
    }

    /** Chunks as a run's manifest names them, in order. */
    public static List<Payload> chunks(String runId, List<ChunkRef> refs) {
        return refs.stream().map(ref -> new Payload(EventKeys.chunk(runId, ref.getSha256()), ref.getSha256(),
                ref.getBytes(), ref.getPartition(), ref.getOffset())).toList();
    }

    /** Shards of an adapter version as its manifest names them, in order. */
    public static List<Payload> shards(String runId, int version, List<ShardRef> refs) {
        return refs.stream().map(ref -> new Payload(EventKeys.adapterShard(runId, version, ref.getShard()),
                ref.getSha256(), ref.getBytes(), ref.getPartition(), ref.getOffset())).toList();
    }

    boolean isHinted() {
        return partition >= 0 && offset >= 0;
    }
}
