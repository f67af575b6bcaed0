package org.fedbiot.worker.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.junit.jupiter.api.Test;

class PayloadFetchTest {

    private final InMemoryPayloadLog log = new InMemoryPayloadLog();
    private final PayloadFetch fetch = new PayloadFetch(log);

    @Test
    void shouldFetchByHintWithoutAScan() throws Exception {
        // Given chunks of this run among those of another
        publish("other", "x");
        List<ChunkRef> refs = publish("run", "alpha", "beta", "gamma");
        publish("other", "y");

        // When
        Map<Integer, String> found = new TreeMap<>();
        long bytes = fetch.fetch(Payload.chunks("run", refs), (index, data) -> found.put(index, text(data)));

        // Then
        assertThat(found).containsExactly(Map.entry(0, "alpha"), Map.entry(1, "beta"), Map.entry(2, "gamma"));
        assertThat(log.scans()).isZero();
        assertThat(bytes).isEqualTo(3 * ("run/".length() + 64 + InMemoryPayloadLog.VALUE_BYTES));
    }

    @Test
    void shouldScanWhereTheHintIsWrongOrUnknown() throws Exception {
        // Given manifests whose hints point at a record of another hash, nowhere, and to no offset at all
        List<ChunkRef> refs = publish("run", "alpha", "beta", "gamma");
        List<ChunkRef> misled = List.of(
                at(refs.get(0), refs.get(1).getPartition(), refs.get(1).getOffset()),
                at(refs.get(1), 0, 999),
                at(refs.get(2), -1, -1));

        // When
        List<String> found = new ArrayList<>(List.of("", "", ""));
        fetch.fetch(Payload.chunks("run", misled), (index, data) -> found.set(index, text(data)));

        // Then
        assertThat(found).containsExactly("alpha", "beta", "gamma");
        assertThat(log.scans()).isEqualTo(1);
    }

    @Test
    void shouldDeliverAChunkThatIsNamedTwiceToBothPlaces() throws Exception {
        List<ChunkRef> refs = publish("run", "same", "other", "same");

        List<String> found = new ArrayList<>(List.of("", "", ""));
        fetch.fetch(Payload.chunks("run", refs), (index, data) -> found.set(index, text(data)));

        assertThat(found).containsExactly("same", "other", "same");
        assertThat(log.size()).isEqualTo(2);
    }

    @Test
    void shouldNotTakeBytesThatAreNotWhatTheirKeySays() {
        // Given a record under the right key and hash field with other bytes, exactly where the hint says
        String sha256 = Sha256.of("true".getBytes(StandardCharsets.UTF_8));
        String key = EventKeys.chunk("run", sha256);
        log.send(key, TensorChunk.newBuilder().setRunId("run").setSha256(sha256)
                .setData(ByteBuffer.wrap("false".getBytes(StandardCharsets.UTF_8))).build());
        ChunkRef ref = ChunkRef.newBuilder().setSha256(sha256).setBytes(4)
                .setPartition(Math.floorMod(key.hashCode(), 2)).setOffset(0).build();

        // When and then
        assertThatThrownBy(() -> fetch.fetch(Payload.chunks("run", List.of(ref)), (index, data) -> { }))
                .isInstanceOf(PayloadMissingException.class)
                .hasMessageContaining(key)
                .hasMessageContaining("in-memory")
                .hasMessageContaining("offset 0")
                .hasMessageContaining(Sha256.of("false".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldNameWhatIsMissing() {
        List<ChunkRef> refs = publish("run", "alpha", "beta");
        log.clear();

        assertThatThrownBy(() -> fetch.fetch(Payload.chunks("run", refs), (index, data) -> { }))
                .isInstanceOf(PayloadMissingException.class)
                .hasMessageContaining("2 of 2")
                .hasMessageContaining(refs.get(0).getSha256());
    }

    @Test
    void shouldNotTakeAnotherRunsChunk() {
        List<ChunkRef> refs = publish("other", "alpha");

        assertThatThrownBy(() -> fetch.fetch(Payload.chunks("run", refs), (index, data) -> { }))
                .isInstanceOf(PayloadMissingException.class);
    }

    @Test
    void shouldCutWhatIsLargerThanAChunkAndPutItTogetherAgain() throws Exception {
        // Given one and a half chunks
        byte[] bytes = new byte[Topics.MAX_CHUNK_BYTES * 3 / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 >> 3);
        }

        // When
        List<ChunkRef> refs = new PayloadPublisher(log::send).send("run", ByteBuffer.wrap(bytes)).await();
        ByteBuffer whole = ByteBuffer.allocate(bytes.length);
        fetch.fetch(Payload.chunks("run", refs), (index, data) -> whole.put(index * Topics.MAX_CHUNK_BYTES, data,
                data.position(), data.remaining()));

        // Then
        assertThat(refs).extracting(ChunkRef::getBytes)
                .containsExactly(Topics.MAX_CHUNK_BYTES, Topics.MAX_CHUNK_BYTES / 2);
        assertThat(whole.array()).isEqualTo(bytes);
    }

    private List<ChunkRef> publish(String runId, String... texts) {
        PayloadPublisher publisher = new PayloadPublisher(log::send);
        List<ChunkRef> refs = new ArrayList<>();
        for (String text : texts) {
            try {
                refs.addAll(publisher.send(runId, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))).await());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return refs;
    }

    private static ChunkRef at(ChunkRef ref, int partition, long offset) {
        return ChunkRef.newBuilder(ref).setPartition(partition).setOffset(offset).build();
    }

    private static String text(ByteBuffer data) {
        return StandardCharsets.UTF_8.decode(data).toString();
    }
}
