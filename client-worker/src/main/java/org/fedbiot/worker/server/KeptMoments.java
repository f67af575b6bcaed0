package org.fedbiot.worker.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.torch.AdamW;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.worker.version.KafkaPayloadLog;
import org.fedbiot.worker.version.Payload;
import org.fedbiot.worker.version.PayloadFetch;
import org.fedbiot.worker.version.PayloadMissingException;
import org.fedbiot.worker.version.PayloadPublisher;

/**
 * Optimiser state that goes on from one alignment to the next, on a topic that no client may read: steps as a 4-byte
 * little-endian int, then both moments as fp32 in layout order.
 */
final class KeptMoments implements AutoCloseable {

    private final PayloadPublisher publisher;
    private final PayloadFetch fetch;

    KeptMoments(KafkaSettings settings, String clientId, EventProducer producer) {
        this.publisher = new PayloadPublisher((key, event) -> producer.send(Topics.SERVER_CHUNK, key, event));
        this.fetch = new PayloadFetch(new KafkaPayloadLog(settings, clientId + "-moments", Topics.SERVER_CHUNK));
    }

    List<ChunkRef> publish(String runId, AdamW.State moments) throws InterruptedException {
        return publisher.send(runId, encode(moments)).await();
    }

    /** The same moments under another run's id. */
    List<ChunkRef> copy(String fromRunId, List<ChunkRef> chunks, String toRunId) throws InterruptedException {
        Optional<AdamW.State> moments = fetch(fromRunId, chunks);
        return moments.isPresent() ? publish(toRunId, moments.get()) : List.of();
    }

    /** @return empty if there are none yet */
    Optional<AdamW.State> fetch(String runId, List<ChunkRef> chunks) throws InterruptedException {
        if (chunks.isEmpty()) {
            return Optional.empty();
        }
        int[] starts = new int[chunks.size() + 1];
        for (int chunk = 0; chunk < chunks.size(); chunk++) {
            starts[chunk + 1] = Math.addExact(starts[chunk], chunks.get(chunk).getBytes());
        }
        ByteBuffer whole = ByteBuffer.allocate(starts[chunks.size()]);
        fetch.fetch(Payload.chunks(runId, chunks),
                (chunk, bytes) -> whole.put(starts[chunk], bytes, bytes.position(), bytes.remaining()));
        return Optional.of(decode(runId, whole));
    }

    static ByteBuffer encode(AdamW.State moments) {
        float[] first = moments.firstMoments();
        float[] second = moments.secondMoments();
        ByteBuffer bytes = ByteBuffer.allocate(Math.addExact(Integer.BYTES,
                Math.multiplyExact(Float.BYTES, Math.addExact(first.length, second.length))))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(moments.steps());
        bytes.put(LittleEndian.bytes(first, 0, first.length));
        bytes.put(LittleEndian.bytes(second, 0, second.length));
        return bytes.flip();
    }

    static AdamW.State decode(String runId, ByteBuffer bytes) {
        int moment = (bytes.remaining() - Integer.BYTES) / 2;
        if (moment < 0 || moment % Float.BYTES != 0 || bytes.remaining() != Integer.BYTES + 2 * moment) {
            throw new PayloadMissingException("run %s: %d bytes are no optimiser state".formatted(runId,
                    bytes.remaining()));
        }
        int start = bytes.position();
        return new AdamW.State(bytes.slice(start, Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).getInt(),
                LittleEndian.floats(bytes.slice(start + Integer.BYTES, moment)),
                LittleEndian.floats(bytes.slice(start + Integer.BYTES + moment, moment)));
    }

    @Override
    public void close() {
        fetch.close();
    }
}
