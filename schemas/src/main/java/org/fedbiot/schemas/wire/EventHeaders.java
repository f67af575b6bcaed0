package org.fedbiot.schemas.wire;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Headers for people at a console consumer: {@code event}, and {@code run}, {@code sha256}, {@code shard} (as
 * {@code index/count}) where they apply. Nothing decides on them: the value is the truth. The one exception is
 * {@code restored}, with the sha256 of the archive that a record was restored from: such a record is history, and no
 * input of any process.
 */
public final class EventHeaders {

    public static final String EVENT = "event";
    public static final String RUN = "run";
    public static final String SHA256 = "sha256";
    public static final String SHARD = "shard";
    public static final String RESTORED = "restored";

    private EventHeaders() {
    }

    public static Headers of(SpecificRecord event) {
        RecordHeaders headers = new RecordHeaders();
        add(headers, EVENT, event.getSchema().getName());
        runOf(event).ifPresent(run -> add(headers, RUN, run));
        value(event, "sha256").or(() -> value(event, "updateSha256")).ifPresent(hash -> add(headers, SHA256, hash));
        value(event, "shards")
                .flatMap(count -> value(event, "shard").map(shard -> shard + "/" + count))
                .ifPresent(shard -> add(headers, SHARD, shard));
        return headers;
    }

    /** Whether a record was written by a restore: whoever acts on records passes it over. */
    public static boolean isRestored(Headers headers) {
        return headers.lastHeader(RESTORED) != null;
    }

    private static Optional<String> runOf(SpecificRecord event) {
        return value(event, "runId").or(() -> field(event, "spec")
                .filter(IndexedRecord.class::isInstance)
                .flatMap(spec -> value((IndexedRecord) spec, "runId")));
    }

    private static Optional<String> value(IndexedRecord event, String name) {
        return field(event, name)
                .filter(value -> value instanceof CharSequence || value instanceof Number)
                .map(Object::toString);
    }

    private static Optional<Object> field(IndexedRecord event, String name) {
        Schema.Field field = event.getSchema().getField(name);
        return field == null ? Optional.empty() : Optional.ofNullable(event.get(field.pos()));
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
