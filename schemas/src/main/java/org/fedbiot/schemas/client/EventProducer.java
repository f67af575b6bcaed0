package org.fedbiot.schemas.client;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.wire.EventHeaders;

/**
 * Sends events outside transactions. A send that fails cannot go unseen: it fails its own future, and the next
 * {@link #awaitAll}. Sending an event again is always allowed, readers drop repeats by identity and hash. Safe for use
 * by several threads.
 */
public final class EventProducer implements AutoCloseable {

    private final Producer<String, SpecificRecord> producer;
    private final KafkaClientMetrics kafkaMeters;
    private final Counter sent;
    private final AtomicLong bytesSent = new AtomicLong();
    private final AtomicReference<KafkaException> firstFailure = new AtomicReference<>();

    /** One that nobody measures. */
    public EventProducer(KafkaSettings settings, String clientId) {
        this(settings, clientId, new CompositeMeterRegistry());
    }

    /** @param registry gets Kafka's own metrics of the producer, and the bytes that were acknowledged */
    public EventProducer(KafkaSettings settings, String clientId, MeterRegistry registry) {
        this(new KafkaProducer<>(settings.producer(clientId)), registry);
    }

    EventProducer(Producer<String, SpecificRecord> producer) {
        this(producer, new CompositeMeterRegistry());
    }

    private EventProducer(Producer<String, SpecificRecord> producer, MeterRegistry registry) {
        this.producer = producer;
        this.kafkaMeters = new KafkaClientMetrics(producer);
        kafkaMeters.bindTo(registry);
        this.sent = Counter.builder("fedbiot.transferred").baseUnit("bytes").tag("direction", "up")
                .description("keys and values of events: up what was sent and acknowledged, down what clients fetched"
                        + " for rounds")
                .register(registry);
    }

    /** To the partition of the key's hash. */
    public CompletableFuture<RecordMetadata> send(Topic topic, String key, SpecificRecord event) {
        return send(topic, (Integer) null, key, event);
    }

    /** To a partition of the caller's choice, as the catalogue's shard topics need. */
    public CompletableFuture<RecordMetadata> send(Topic topic, int partition, String key, SpecificRecord event) {
        return send(topic, Integer.valueOf(partition), key, event);
    }

    /**
     * Waits until every send so far is acknowledged.
     *
     * @throws KafkaException the first failure since the last call; names topic, partition where known, and key
     */
    public void awaitAll() {
        producer.flush();
        KafkaException failure = firstFailure.getAndSet(null);
        if (failure != null) {
            throw failure;
        }
    }

    /** Keys and values acknowledged so far, as serialized, before compression. */
    public long bytesSent() {
        return bytesSent.get();
    }

    /** Closes the connection, after an {@link #awaitAll}. */
    @Override
    public void close() {
        try (producer; kafkaMeters) {
            awaitAll();
        }
    }

    private CompletableFuture<RecordMetadata> send(Topic topic, Integer partition, String key, SpecificRecord event) {
        CompletableFuture<RecordMetadata> result = new CompletableFuture<>();
        try {
            producer.send(new ProducerRecord<>(topic.name(), partition, key, event, EventHeaders.of(event)),
                    (metadata, failure) -> {
                        if (failure == null) {
                            long bytes = metadata.serializedKeySize() + metadata.serializedValueSize();
                            bytesSent.addAndGet(bytes);
                            sent.increment(bytes);
                            result.complete(metadata);
                        } else {
                            fail(result, topic, partition, key, event, failure);
                        }
                    });
        } catch (KafkaException | IllegalArgumentException e) {
            fail(result, topic, partition, key, event, e);
        }
        return result;
    }

    private void fail(CompletableFuture<RecordMetadata> result, Topic topic, Integer partition, String key,
            SpecificRecord event, Exception cause) {
        KafkaException failure = new KafkaException("cannot send " + event.getSchema().getName() + " to topic "
                + topic.name() + (partition == null ? "" : ", partition " + partition) + ", key " + key + ": "
                + cause.getMessage(), cause);
        firstFailure.compareAndSet(null, failure);
        result.completeExceptionally(failure);
    }
}
