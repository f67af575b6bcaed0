package org.fedbiot.worker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.fedbiot.learning.format.SafetensorsFile;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.FileRef;
import org.fedbiot.schemas.event.LoraSettings;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TensorRef;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.worker.version.Found;
import org.fedbiot.worker.version.InMemoryPayloadLog;
import org.fedbiot.worker.version.PayloadFetch;
import org.fedbiot.worker.version.PayloadMissingException;
import org.fedbiot.worker.version.PayloadPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseCacheTest {

    @TempDir
    private Path directory;

    private final InMemoryPayloadLog log = new InMemoryPayloadLog();
    private final PayloadFetch chunks = new PayloadFetch(log);
    private final ByteBuffer large = random(1, 150_000 * Float.BYTES);
    private final ByteBuffer small = random(2, 6 * Float.BYTES);

    @Test
    void shouldPutABaseTogetherFromItsChunks() throws Exception {
        // Given a tensor of two chunks, a small one, and a file
        BasePublished base = publish();

        // When
        Found<Path> found = new BaseCache(directory).directory(base, chunks);

        // Then
        SafetensorsFile weights = SafetensorsFile.open(found.value().resolve("model.safetensors"));
        assertThat(found.value().getFileName()).hasToString(base.getBaseSha256());
        assertThat(weights.names()).containsExactlyInAnyOrder("large", "small");
        assertThat(weights.stored("large")).isEqualTo(large);
        assertThat(weights.stored("small")).isEqualTo(small);
        assertThat(weights.shape("small")).containsExactly(2, 3);
        assertThat(found.value().resolve("config.json")).hasContent("{}");
        assertThat(found.bytes()).isEqualTo(log.size() * (4 + 64 + InMemoryPayloadLog.VALUE_BYTES));
    }

    @Test
    void shouldFetchABaseOnce() throws Exception {
        BasePublished base = publish();
        new BaseCache(directory).directory(base, chunks);
        log.clear();

        Found<Path> again = new BaseCache(directory).directory(base, chunks);

        assertThat(again.bytes()).isZero();
        assertThat(again.value()).isDirectory();
    }

    @Test
    void shouldFetchAnewWhatIsNotWhatItsHashSaysAnyMore() throws Exception {
        // Given one changed byte in the cached weights
        BasePublished base = publish();
        Path weights = new BaseCache(directory).directory(base, chunks).value().resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 5] ^= 1;
        Files.write(weights, bytes);

        // When
        Found<Path> found = new BaseCache(directory).directory(base, chunks);

        // Then
        assertThat(found.bytes()).isPositive();
        assertThat(SafetensorsFile.open(weights).stored("large")).isEqualTo(large);
        assertThat(SafetensorsFile.open(weights).stored("small")).isEqualTo(small);
    }

    @Test
    void shouldLeaveNothingBehindWhenAChunkIsMissing() throws Exception {
        BasePublished base = publish();
        log.clear();

        assertThatThrownBy(() -> new BaseCache(directory).directory(base, chunks))
                .isInstanceOf(PayloadMissingException.class);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldRefuseAManifestWhoseChunksAreNotThoseOfItsHash() throws Exception {
        BasePublished honest = publish();
        BasePublished forged = BasePublished.newBuilder(honest)
                .setTensors(List.of(honest.getTensors().get(1), honest.getTensors().get(0))).build();

        assertThatThrownBy(() -> new BaseCache(directory).directory(forged, chunks))
                .isInstanceOf(PayloadMissingException.class)
                .hasMessageContaining("run run").hasMessageContaining(honest.getBaseSha256());
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldRefuseAFileThatWouldLieElsewhere() throws Exception {
        BasePublished honest = publish();
        for (String name : List.of("../config.json", "/etc/passwd", "model.safetensors", ".hidden", "")) {
            BasePublished forged = BasePublished.newBuilder(honest).setFiles(List.of(
                    FileRef.newBuilder(honest.getFiles().get(0)).setName(name).build())).build();

            assertThatThrownBy(() -> new BaseCache(directory).directory(forged, chunks))
                    .isInstanceOf(PayloadMissingException.class).hasMessageContaining("\"" + name + "\"");
        }
        assertThat(directory).isEmptyDirectory();
    }

    private BasePublished publish() throws InterruptedException {
        PayloadPublisher publisher = new PayloadPublisher(log::send);
        List<TensorRef> tensors = new ArrayList<>();
        tensors.add(tensor("large", publisher.send("run", large).await(), 150_000L));
        tensors.add(tensor("small", publisher.send("run", small).await(), 2L, 3L));
        List<ChunkRef> config = publisher.send("run", StandardCharsets.UTF_8.encode("{}")).await();
        List<String> hashes = Stream.concat(tensors.stream().flatMap(tensor -> tensor.getChunks().stream()),
                config.stream()).map(ChunkRef::getSha256).toList();
        return BasePublished.newBuilder().setRunId("run").setModelSha256("model").setBaseSha256(Sha256.ofHashes(hashes))
                .setSplit(SplitSpec.newBuilder().setBackAdapterLayers(1).setDropRate(0.5)
                        .setTeacherLayers(List.of(0, 1)).setKeptLayers(List.of(0, 1)).setAdapterLayers(List.of(2))
                        .build())
                .setLora(LoraSettings.newBuilder().setRank(1).setAlpha(1).setTargets(List.of("q")).build())
                .setDataType(DataType.FLOAT32).setTensors(tensors)
                .setFiles(List.of(FileRef.newBuilder().setName("config.json").setChunks(config).build()))
                .setAdapterLayout(List.of()).setEmulatorLayout(List.of()).setBytes(0).setHeldParameters(0)
                .setTotalParameters(0).build();
    }

    private static TensorRef tensor(String name, List<ChunkRef> chunks, Long... shape) {
        return TensorRef.newBuilder().setName(name).setDataType(DataType.FLOAT32).setShape(List.of(shape))
                .setChunks(chunks).build();
    }

    private static ByteBuffer random(long seed, int bytes) {
        byte[] values = new byte[bytes];
        new Random(seed).nextBytes(values);
        return ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
    }
}
