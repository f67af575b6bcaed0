package org.fedbiot.cli.archive;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;

/**
 * Writes an archive beside its target and moves it there when it is whole and sealed; whatever goes wrong before
 * leaves nothing. A ZIP file without compression: factors do not compress, and any tool can look into it.
 */
final class ArchiveWriter implements AutoCloseable {

    /** Gives a topic's records, each partition in its order. */
    @FunctionalInterface
    interface Source {

        void read(Sink sink) throws IOException;
    }

    /** Takes a record. */
    @FunctionalInterface
    interface Sink {

        void accept(ArchivedRecord record) throws IOException;
    }

    private final Path target;
    private final Path partial;
    private final ZipOutputStream zip;
    private final List<ArchiveManifest.Entry> entries = new ArrayList<>();

    /** @throws IOException if the file cannot be made */
    ArchiveWriter(Path target) throws IOException {
        this.target = target.toAbsolutePath();
        this.partial = Files.createTempFile(this.target.getParent(), this.target.getFileName().toString(), ".partial");
        this.zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(partial)));
        zip.setLevel(Deflater.NO_COMPRESSION);
    }

    static String entryName(String topic) {
        return "topics/" + topic + ".avro";
    }

    /** Writes all that a topic holds of the run. */
    void topic(String topic, Source source) throws IOException {
        String name = entryName(topic);
        zip.putNextEntry(new ZipEntry(name));
        MessageDigest sha256 = sha256();
        Map<Integer, RecordsDigest> partitions = new TreeMap<>();
        try (DataFileWriter<GenericRecord> file = new DataFileWriter<>(new GenericDatumWriter<>(RecordFormat.SCHEMA))) {
            file.create(RecordFormat.SCHEMA, new EntryStream(new DigestOutputStream(zip, sha256)));
            RecordFormat format = new RecordFormat();
            source.read(record -> {
                file.append(format.encode(record));
                partitions.computeIfAbsent(record.partition(), RecordsDigest::new).add(record);
            });
        }
        zip.closeEntry();
        entries.add(new ArchiveManifest.Entry(name, topic, HexFormat.of().formatHex(sha256.digest()),
                partitions.values().stream().map(RecordsDigest::part).toList()));
    }

    /** Ends the file, seals it, and moves it to its place. */
    Seal finish(ArchiveManifest.Summary run) throws IOException {
        zip.putNextEntry(new ZipEntry(ArchiveManifest.NAME));
        zip.write(new ArchiveManifest(ArchiveManifest.FORMAT, run, entries).toJson());
        zip.closeEntry();
        zip.setComment(Seal.UNSEALED);
        zip.close();
        Seal seal = Seal.set(partial);
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        return seal;
    }

    /** What the entries hold so far. */
    long records() {
        return entries.stream().mapToLong(ArchiveManifest.Entry::records).sum();
    }

    @Override
    public void close() throws IOException {
        try (zip) {
            Files.deleteIfExists(partial);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** An Avro file closes its stream; the entry ends there, the archive goes on. */
    private static final class EntryStream extends FilterOutputStream {

        EntryStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
