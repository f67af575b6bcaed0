package org.fedbiot.worker.version;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.schemas.event.ChunkRef;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.integrity.Chunks;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/**
 * Cuts bytes into content-addressed chunks and sends each hash once per run and process: tensors that repeat, and
 * factors that a task makes again after a restart of the task, travel once. One thread at a time.
 */
public final class PayloadPublisher {

    /** Sends to the topic that this publisher fills. */
    @FunctionalInterface
    public interface Sender {

        CompletableFuture<RecordMetadata> send(String key, SpecificRecord event);
    }

    private final Sender sender;
    private final Map<String, CompletableFuture<ChunkRef>> sent = new HashMap<>();

    public PayloadPublisher(Sender sender) {
        this.sender = Objects.requireNonNull(sender, "sender");
    }

    /**
     * Starts sending; returns before anything is acknowledged. The bytes may be freed when it returns.
     *
     * @param bytes from position to limit, untouched
     */
    public Sending send(String runId, ByteBuffer bytes) {
        List<CompletableFuture<ChunkRef>> chunks = new ArrayList<>();
        for (ByteBuffer chunk : Chunks.cut(bytes, Topics.MAX_CHUNK_BYTES)) {
            String sha256 = Sha256.of(chunk);
            chunks.add(sent.computeIfAbsent(EventKeys.chunk(runId, sha256), key -> send(key, runId, sha256, chunk)));
        }
        return new Sending(chunks);
    }

    private CompletableFuture<ChunkRef> send(String key, String runId, String sha256, ByteBuffer chunk) {
        TensorChunk event = TensorChunk.newBuilder().setRunId(runId).setSha256(sha256).setData(chunk).build();
        int bytes = chunk.remaining();
        return sender.send(key, event).thenApply(place -> ChunkRef.newBuilder().setSha256(sha256).setBytes(bytes)
                .setPartition(place.partition()).setOffset(place.offset()).build());
    }

    /** Chunks on their way. */
    public static final class Sending {

        private final List<CompletableFuture<ChunkRef>> chunks;

        private Sending(List<CompletableFuture<ChunkRef>> chunks) {
            this.chunks = List.copyOf(chunks);
        }

        /**
         * Waits until all are acknowledged.
         *
         * @return the chunks in order, each with its place
         * @throws KafkaException if one was not written
         * @throws InterruptedException if the worker is closed meanwhile
         */
        public List<ChunkRef> await() throws InterruptedException {
            List<ChunkRef> refs = new ArrayList<>(chunks.size());
            for (CompletableFuture<ChunkRef> chunk : chunks) {
                try {
                    refs.add(chunk.get());
                } catch (ExecutionException failure) {
                    throw new KafkaException("a chunk was not written: " + failure.getCause().getMessage(),
                            failure.getCause());
                }
            }
            return refs;
        }
    }
}
