package org.fedbiot.cli.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.fedbiot.cli.UserError;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.RawEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveFileTest {

    private static final String COMMAND = Topics.COMMAND.name();
    private static final String CHUNK = Topics.EMULATOR_CHUNK.name();
    private static final ArchiveManifest.Summary RUN =
            new ArchiveManifest.Summary("run", null, "tiny", "ab".repeat(32), 2, "COMPLETED", 2, "cd".repeat(32));

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("run.archive");
    }

    @Test
    void shouldGiveBackWhatWasWritten() throws IOException {
        // Given records of two topics, and of two schemas with one name, as two releases write them
        List<ArchivedRecord> commands = List.of(command(0, RunCancelRequested.SCHEMA$, "first"),
                command(3, withAnotherField(), "second"), command(4, RunCancelRequested.SCHEMA$, "third"));
        List<ArchivedRecord> chunks = List.of(chunk(2, 10, "a"), chunk(0, 11, "b"), chunk(2, 12, "c"));

        // When
        Seal seal = write(Map.of(COMMAND, commands, CHUNK, chunks));
        ArchiveFile archive = ArchiveFile.verified(file);

        // Then
        assertThat(archive.runId()).isEqualTo("run");
        assertThat(archive.sha256()).isEqualTo(seal.fileSha256())
                .isEqualTo(Sha256.of(Files.readAllBytes(file)));
        assertThat(texts(records(archive, COMMAND))).isEqualTo(texts(commands));
        assertThat(texts(records(archive, CHUNK))).isEqualTo(texts(chunks));
        assertThat(records(archive, COMMAND)).extracting(record -> record.event().decode(COMMAND))
                .containsExactly(new RunCancelRequested("run", "first"), new RunCancelRequested("run", "second"),
                        new RunCancelRequested("run", "third"));
        assertThat(archive.manifest().entry(CHUNK).orElseThrow().partitions())
                .extracting(ArchiveManifest.Part::partition, ArchiveManifest.Part::records,
                        ArchiveManifest.Part::firstOffset, ArchiveManifest.Part::lastOffset)
                .containsExactly(tuple(0, 1L, 11L, 11L),
                        tuple(2, 2L, 10L, 12L));
    }

    /** All of each record, to be compared: arrays and schemas have no equality of their content. */
    private static List<String> texts(List<ArchivedRecord> records) {
        HexFormat hex = HexFormat.of();
        return records.stream().map(record -> record.partition() + " " + record.offset() + " "
                + record.timestampMillis() + " " + record.key() + " "
                + record.headers().stream().map(header -> header.name() + "=" + hex.formatHex(header.value())).toList()
                + " " + record.event().writer() + " " + hex.formatHex(record.event().payload())).toList();
    }

    @Test
    void shouldFindEveryFlippedByte() throws IOException {
        // Given
        write(Map.of(COMMAND, List.of(command(0, RunCancelRequested.SCHEMA$, "enough"))));
        byte[] whole = Files.readAllBytes(file);

        // Then: at every place, the seal's own bytes among them
        for (int at = 0; at < whole.length; at += 7) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertThatThrownBy(() -> ArchiveFile.verified(file)).as("byte %d", at)
                    .isInstanceOf(UserError.class).hasMessageContaining("not a whole archive");
        }
    }

    @Test
    void shouldFindATruncatedFile() throws IOException {
        write(Map.of(COMMAND, List.of(command(0, RunCancelRequested.SCHEMA$, "enough"))));
        byte[] whole = Files.readAllBytes(file);

        for (int length : new int[] {0, 10, Seal.BYTES, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> ArchiveFile.verified(file)).as("%d bytes", length)
                    .isInstanceOf(UserError.class).hasMessageContaining("not a whole archive");
        }
    }

    @Test
    void shouldFindAnEntryOfAnotherArchiveUnderAGoodSeal() throws IOException {
        // Given an archive whose commands were taken from another one, and sealed again
        Path other = directory.resolve("other");
        write(other, Map.of(COMMAND, List.of(command(0, RunCancelRequested.SCHEMA$, "another"))));
        write(Map.of(COMMAND, List.of(command(0, RunCancelRequested.SCHEMA$, "enough"))));
        byte[] foreign = entry(other, ArchiveWriter.entryName(COMMAND));
        rewrite(Optional.of(ArchiveWriter.entryName(COMMAND)), foreign);

        assertThatThrownBy(() -> ArchiveFile.verified(file)).isInstanceOf(UserError.class)
                .hasMessageContaining(ArchiveWriter.entryName(COMMAND)).hasMessageContaining("its manifest says");
    }

    @Test
    void shouldRefuseAnEntryThatTheManifestDoesNotName() throws IOException {
        write(Map.of(COMMAND, List.of()));
        rewrite(Optional.empty(), new byte[] {1});

        assertThatThrownBy(() -> ArchiveFile.verified(file)).isInstanceOf(UserError.class)
                .hasMessageContaining("[extra], which its manifest does not name");
    }

    @Test
    void shouldLeaveNothingWhereWritingFails() throws IOException {
        assertThatThrownBy(() -> {
            try (ArchiveWriter writer = new ArchiveWriter(file)) {
                writer.topic(COMMAND, sink -> {
                    sink.accept(command(0, RunCancelRequested.SCHEMA$, "enough"));
                    throw new IOException("broker gone");
                });
            }
        }).isInstanceOf(IOException.class).hasMessage("broker gone");

        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void shouldTellTheFirstDifferenceToALog() throws IOException {
        // Given
        write(Map.of(COMMAND, List.of(command(0, RunCancelRequested.SCHEMA$, "enough"))));
        ArchiveManifest manifest = ArchiveFile.verified(file).manifest();

        // Then: the same records at other offsets are the same, other records are not
        assertThat(manifest.difference(Map.of(COMMAND,
                List.of(part(command(99, RunCancelRequested.SCHEMA$, "enough")))))).isEmpty();
        assertThat(manifest.difference(Map.of(COMMAND,
                List.of(part(command(0, RunCancelRequested.SCHEMA$, "another")))))).get().asString()
                .contains(COMMAND).contains("they differ");
        assertThat(manifest.difference(Map.of())).get().asString().contains("the archive has 1 records, the log 0");
        assertThat(manifest.difference(Map.of(
                COMMAND, List.of(part(command(0, RunCancelRequested.SCHEMA$, "enough"))),
                CHUNK, List.of(part(chunk(0, 0, "a")))))).get().asString()
                .contains(CHUNK).contains("the archive has 0 records, the log 1");
    }

    private static ArchiveManifest.Part part(ArchivedRecord record) {
        RecordsDigest digest = new RecordsDigest(record.partition());
        digest.add(record);
        return digest.part();
    }

    private Seal write(Map<String, List<ArchivedRecord>> topics) throws IOException {
        return write(file, topics);
    }

    private static Seal write(Path target, Map<String, List<ArchivedRecord>> topics) throws IOException {
        try (ArchiveWriter writer = new ArchiveWriter(target)) {
            for (Map.Entry<String, List<ArchivedRecord>> topic : topics.entrySet()) {
                writer.topic(topic.getKey(), sink -> {
                    for (ArchivedRecord record : topic.getValue()) {
                        sink.accept(record);
                    }
                });
            }
            return writer.finish(RUN);
        }
    }

    private static List<ArchivedRecord> records(ArchiveFile archive, String topic) throws IOException {
        List<ArchivedRecord> records = new ArrayList<>();
        archive.read(topic, records::add);
        return records;
    }

    private static byte[] entry(Path archive, String name) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            return zip.getInputStream(zip.getEntry(name)).readAllBytes();
        }
    }

    /** Writes the archive anew with other bytes in one entry, or with one more, under a seal that fits. */
    private void rewrite(Optional<String> replaced, byte[] bytes) throws IOException {
        Path copy = directory.resolve("copy");
        try (ZipFile zip = new ZipFile(file.toFile()); OutputStream out = Files.newOutputStream(copy);
                ZipOutputStream target = new ZipOutputStream(out)) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements();) {
                String name = entries.nextElement().getName();
                put(target, name, replaced.filter(name::equals).isPresent() ? bytes
                        : zip.getInputStream(zip.getEntry(name)).readAllBytes());
            }
            if (replaced.isEmpty()) {
                put(target, "extra", bytes);
            }
            target.setComment(Seal.UNSEALED);
        }
        Seal.set(copy);
        Files.delete(file);
        Files.move(copy, file);
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private static ArchivedRecord command(long offset, Schema writer, String reason) throws IOException {
        GenericRecord event = new GenericData.Record(writer);
        event.put("runId", "run");
        event.put("reason", reason);
        if (writer.getField("urgent") != null) {
            event.put("urgent", true);
        }
        return record(0, offset, "run", writer, event);
    }

    private static ArchivedRecord chunk(int partition, long offset, String data) throws IOException {
        TensorChunk chunk = TensorChunk.newBuilder().setRunId("run").setSha256(data)
                .setData(ByteBuffer.wrap(data.getBytes(StandardCharsets.UTF_8))).build();
        return record(partition, offset, "run/" + data, TensorChunk.SCHEMA$, chunk);
    }

    private static ArchivedRecord record(int partition, long offset, String key, Schema writer,
            IndexedRecord event) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<IndexedRecord>(writer).write(event, encoder);
        encoder.flush();
        return new ArchivedRecord(partition, offset, 1_000, key,
                List.of(new ArchivedRecord.Header("run", "run".getBytes(StandardCharsets.UTF_8))),
                new RawEvent(writer, bytes.toByteArray()));
    }

    private static Schema withAnotherField() {
        List<Schema.Field> fields = new ArrayList<>();
        RunCancelRequested.SCHEMA$.getFields().forEach(field ->
                fields.add(new Schema.Field(field.name(), field.schema(), field.doc())));
        fields.add(new Schema.Field("urgent", Schema.create(Schema.Type.BOOLEAN)));
        return Schema.createRecord("RunCancelRequested", null, RunCancelRequested.SCHEMA$.getNamespace(), false,
                fields);
    }
}
