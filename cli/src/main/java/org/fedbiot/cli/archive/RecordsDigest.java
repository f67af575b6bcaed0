package org.fedbiot.cli.archive;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * SHA-256 over one partition's records of a run: timestamp, key, schema and payload of each, in order. Offsets and
 * headers are left out, so that a run has the same digest in every cluster that it was restored into.
 */
final class RecordsDigest {

    private final MessageDigest digest;
    private final Map<Schema, byte[]> schemas = new IdentityHashMap<>();
    private final int partition;
    private long records;
    private long firstOffset = -1;
    private long lastOffset = -1;

    RecordsDigest(int partition) {
        this.partition = partition;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    void add(ArchivedRecord record) {
        firstOffset = records == 0 ? record.offset() : firstOffset;
        lastOffset = record.offset();
        records++;
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, record.timestampMillis()));
        part(record.keyBytes());
        part(schemas.computeIfAbsent(record.event().writer(),
                schema -> schema.toString().getBytes(StandardCharsets.UTF_8)));
        part(record.event().payload());
    }

    ArchiveManifest.Part part() {
        return new ArchiveManifest.Part(partition, records, firstOffset, lastOffset,
                HexFormat.of().formatHex(digest.digest()));
    }

    /** With its length before it, so that no two records give the same bytes. */
    private void part(byte[] bytes) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
    }
}
