package org.fedbiot.worker.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.event.ShardRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestIndexTest {

    private final ManifestIndex index = new ManifestIndex();

    @Test
    void shouldTellApartTwoMakesOfOneVersionByTheirHash() {
        // Given a version that was made twice, with different results, as two kinds of machine may
        index.add(emulator("run", 3, "aa"), 10);
        index.add(emulator("run", 3, "bb"), 20);

        assertThat(index.emulator("run", 3, "aa").orElseThrow().value().getSha256()).isEqualTo("aa");
        assertThat(index.emulator("run", 3, "bb").orElseThrow().bytes()).isEqualTo(20);
        assertThat(index.emulator("run", 3, "cc")).isEmpty();
        assertThat(index.emulator("run", 2, "aa")).isEmpty();
        assertThat(index.emulator("other", 3, "aa")).isEmpty();
    }

    @Test
    void shouldNotTakeAnAdapterForAnEmulator() {
        index.add(AdapterPublished.newBuilder().setRunId("run").setVersion(3).setRound(3).setSha256("aa")
                .setElements(1).setShards(List.of()).build(), 10);

        assertThat(index.emulator("run", 3, "aa")).isEmpty();
        assertThat(index.adapter("run", 3, "aa")).isPresent();
    }

    @Test
    void shouldLetTheFirstOfTwoEqualManifestsStand() {
        index.add(emulator("run", 3, "aa"), 10);
        index.add(emulator("run", 3, "aa"), 20);

        assertThat(index.emulator("run", 3, "aa").orElseThrow().bytes()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 63, 64, 8_191, 8_192, 1_048_576, Long.MAX_VALUE})
    void shouldCountAManifestTheSameWhereverItsPayloadCameToLie(long offset) throws IOException {
        // Given
        AdapterPublished adapter = AdapterPublished.newBuilder().setRunId("run").setVersion(3).setRound(3)
                .setSha256("aa").setElements(1).setShards(List.of(new ShardRef(0, "aa", 4, 1, 7L),
                        new ShardRef(1, "aa", 4, 2, offset))).build();

        // When
        index.add(adapter, bytes(adapter));

        // Then: with one byte for each of the two offsets less
        assertThat(index.adapter("run", 3, "aa").orElseThrow().bytes()).isEqualTo(bytes(AdapterPublished
                .newBuilder(adapter).setShards(List.of(new ShardRef(0, "aa", 4, 1, 0L),
                        new ShardRef(1, "aa", 4, 2, 0L))).build()) - 2);
    }

    private static long bytes(AdapterPublished event) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new SpecificDatumWriter<>(AdapterPublished.class).write(event, encoder);
        encoder.flush();
        return out.size();
    }

    private static EmulatorPublished emulator(String runId, int version, String sha256) {
        return EmulatorPublished.newBuilder().setRunId(runId).setVersion(version).setSha256(sha256)
                .setBaseSha256("base").setAdapterVersion(0).setElements(1).setChunks(List.of()).build();
    }
}
