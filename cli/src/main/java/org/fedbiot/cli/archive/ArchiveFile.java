package org.fedbiot.cli.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.topic.Topics;

/** An archive that was found whole: its seal, every entry, and every count and hash in its manifest agree. */
public final class ArchiveFile {

    private final Path file;
    private final Seal seal;
    private final ArchiveManifest manifest;

    private ArchiveFile(Path file, Seal seal, ArchiveManifest manifest) {
        this.file = file;
        this.seal = seal;
        this.manifest = manifest;
    }

    /**
     * Reads the file twice from end to end; no more than one record is in memory at a time.
     *
     * @throws UserError if it is no archive, damaged, or not of a format that this release knows; says where
     */
    public static ArchiveFile verified(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new UserError(file + ": no such file");
        }
        try {
            Seal seal = Seal.read(file);
            if (!seal.isWhole()) {
                throw new UserError(file + ": not a whole archive: its last " + Seal.BYTES + " bytes are not the sha256"
                        + " of what comes before them, " + seal.found() + "; it is cut short, changed, or no archive."
                        + " Take another copy of it");
            }
            ArchiveFile archive = new ArchiveFile(file, seal, manifest(file));
            archive.verifyEntries();
            return archive;
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read as an archive: " + e.getMessage(), e);
        }
    }

    /** Of the whole file, as {@code sha256sum} prints it. */
    public String sha256() {
        return seal.fileSha256();
    }

    public String runId() {
        return manifest.run().runId();
    }

    /** Whether it holds a what-if's answer, of which nothing was decided. */
    boolean isWhatIf() {
        return manifest.entry(Topics.DECISION.name()).map(ArchiveManifest.Entry::records).orElse(0L) == 0;
    }

    ArchiveManifest manifest() {
        return manifest;
    }

    /** Reads a topic's records in the order of the archive; none of a topic that its release did not have. */
    void read(String topic, ArchiveWriter.Sink sink) throws IOException {
        Optional<ArchiveManifest.Entry> entry = manifest.entry(topic);
        if (entry.isPresent()) {
            try (ZipFile zip = new ZipFile(file.toFile())) {
                read(zip, entry.get(), sink);
            }
        }
    }

    private static ArchiveManifest manifest(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ZipEntry entry = zip.getEntry(ArchiveManifest.NAME);
            if (entry == null) {
                throw new UserError(file + ": holds no " + ArchiveManifest.NAME + ", so it is no archive of a run");
            }
            try (InputStream in = zip.getInputStream(entry)) {
                ArchiveManifest manifest = ArchiveManifest.parse(in.readAllBytes());
                if (manifest.format() != ArchiveManifest.FORMAT) {
                    throw new UserError(file + ": archive format " + manifest.format() + "; this release reads format "
                            + ArchiveManifest.FORMAT + ": use the one that wrote it");
                }
                return manifest;
            }
        }
    }

    private void verifyEntries() throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Set<String> unnamed = new HashSet<>();
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements();) {
                unnamed.add(all.nextElement().getName());
            }
            unnamed.remove(ArchiveManifest.NAME);
            for (ArchiveManifest.Entry entry : manifest.entries()) {
                if (Topics.find(entry.topic()).isEmpty()) {
                    throw new UserError(file + ": holds records of topic " + entry.topic()
                            + ", which this release does not know: use a newer one");
                }
                if (!unnamed.remove(entry.name())) {
                    throw new UserError(file + ": its manifest names " + entry.name() + " once more than it holds it");
                }
                verify(zip, entry);
            }
            if (!unnamed.isEmpty()) {
                throw new UserError(file + ": holds " + unnamed + ", which its manifest does not name");
            }
        }
    }

    private void verify(ZipFile zip, ArchiveManifest.Entry entry) throws IOException {
        Map<Integer, RecordsDigest> partitions = new TreeMap<>();
        String sha256 = read(zip, entry, record ->
                partitions.computeIfAbsent(record.partition(), RecordsDigest::new).add(record));
        if (!sha256.equals(entry.sha256())) {
            throw new UserError(file + ": entry " + entry.name() + " has sha256 " + sha256 + ", its manifest says "
                    + entry.sha256());
        }
        List<ArchiveManifest.Part> found = partitions.values().stream().map(RecordsDigest::part).toList();
        if (!found.equals(entry.partitions())) {
            throw new UserError(file + ": entry " + entry.name() + " holds " + found + ", its manifest says "
                    + entry.partitions());
        }
    }

    /** @return sha256 of the entry's bytes */
    private String read(ZipFile zip, ArchiveManifest.Entry entry, ArchiveWriter.Sink sink) throws IOException {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        try (InputStream in = new DigestInputStream(zip.getInputStream(zip.getEntry(entry.name())), sha256)) {
            RecordFormat format = new RecordFormat();
            DataFileStream<GenericRecord> records =
                    new DataFileStream<>(in, new GenericDatumReader<>(RecordFormat.SCHEMA));
            while (records.hasNext()) {
                sink.accept(format.decode(records.next()));
            }
            in.transferTo(OutputStream.nullOutputStream());
        } catch (AvroRuntimeException | IllegalArgumentException e) {
            throw new UserError(file + ": entry " + entry.name() + " is no Avro file of records: " + e.getMessage(), e);
        }
        return HexFormat.of().formatHex(sha256.digest());
    }
}
