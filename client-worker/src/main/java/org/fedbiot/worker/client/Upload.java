package org.fedbiot.worker.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/**
 * Shards on their way, and word of each that has arrived: on a slow link an upload may take longer than a round's
 * deadline, and whoever waits must see it move. Lives in one thread.
 */
final class Upload {

    private final List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
    private final IntConsumer listener;
    private int arrived;
    private long bytes;

    /** @param listener told how many have arrived so far, once for each, in order */
    Upload(IntConsumer listener) {
        this.listener = listener;
    }

    /**
     * Takes a shard that was handed to the producer, and tells of those before it that have arrived meanwhile.
     *
     * @throws KafkaException if one was not written
     * @throws InterruptedException if the worker is closed meanwhile
     */
    void add(CompletableFuture<RecordMetadata> shard) throws InterruptedException {
        sent.add(shard);
        while (arrived < sent.size() && sent.get(arrived).isDone()) {
            next();
        }
    }

    /** Waits until all have arrived. Throws as {@link #add} does. */
    void await() throws InterruptedException {
        while (arrived < sent.size()) {
            next();
        }
    }

    /** Keys and values of what has arrived. */
    long bytes() {
        return bytes;
    }

    /** Key and value of a record, as serialized, before compression. */
    static long bytes(RecordMetadata record) {
        return record.serializedKeySize() + record.serializedValueSize();
    }

    private void next() throws InterruptedException {
        try {
            bytes += bytes(sent.get(arrived).get());
        } catch (ExecutionException failure) {
            throw new KafkaException("shard " + arrived + " was not written: " + failure.getCause().getMessage(),
                    failure.getCause());
        }
        arrived++;
        listener.accept(arrived);
    }
}
