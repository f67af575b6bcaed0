package org.fedbiot.aggregator.stream;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topics;

/**
 * By a consumer beside that of Kafka Streams, which is in no group and commits nothing; connects at the first read. One
 * thread at a time has it, which is all that a consumer asks.
 */
final class KafkaPartitionLog implements PartitionLog {

    /** A broker that restarts is back within this; a thread of Kafka Streams may be silent for five minutes. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(500);

    private final TopicPartition shards;
    private final TopicPartition control;
    private final Consumer<String, byte[]> consumer;
    /** What the consumer was last asked for; -1 if it does not stand there. */
    private long asked = -1;
    /** The answer, if it has come before anybody waited for it. */
    private Optional<ConsumerRecord<String, byte[]>> early = Optional.empty();

    KafkaPartitionLog(KafkaSettings settings, int partition) {
        this.shards = new TopicPartition(Topics.UPDATE_SHARD.name(), partition);
        this.control = new TopicPartition(Topics.AGGREGATION_CONTROL.name(), partition);
        Properties properties = settings.consumer(AggregatorProcess.APPLICATION_ID + "-log-" + partition,
                Optional.empty());
        // An offset that is not there must be seen, not jumped over.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        // What is read was screened when it was committed, and is held against its hash; an end is that of all writes.
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
        // At least one record always comes: more would mostly be fetched in vain, since clients arrive in any order.
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "1");
        properties.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, Integer.toString(Topics.UPDATE_SHARD.maxRecordBytes()));
        this.consumer = new KafkaConsumer<>(properties, new StringDeserializer(), this::value);
        consumer.assign(List.of(shards));
    }

    /** @throws TimeoutException if the broker does not answer, with what was asked of it */
    @Override
    public synchronized Optional<Arrival> shard(long offset) {
        try {
            if (asked != offset) {
                ask(offset);
            }
            ConsumerRecord<String, byte[]> record = early.isPresent() ? early.get() : await(offset);
            return Optional.of(record).filter(found -> found.offset() == offset)
                    .map(found -> new Arrival(found.topic(), found.partition(), found.offset(), found.key(),
                            found.value()));
        } catch (OffsetOutOfRangeException e) {
            return Optional.empty();
        } finally {
            asked = -1;
            early = Optional.empty();
        }
    }

    @Override
    public synchronized void expect(long offset) {
        try {
            ask(offset);
            early = polled(Duration.ZERO);
        } catch (OffsetOutOfRangeException e) {
            // Whoever asks for it will hear it.
            asked = -1;
        }
    }

    private void ask(long offset) {
        early = Optional.empty();
        consumer.seek(shards, offset);
        consumer.resume(List.of(shards));
        asked = offset;
    }

    private ConsumerRecord<String, byte[]> await(long offset) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            Optional<ConsumerRecord<String, byte[]>> record = polled(POLL);
            if (record.isPresent()) {
                return record.get();
            }
        }
        throw new TimeoutException("topic " + shards.topic() + ", partition " + shards.partition() + ", offset "
                + offset + " could not be read again within " + PATIENCE);
    }

    private Optional<ConsumerRecord<String, byte[]>> polled(Duration timeout) {
        return consumer.poll(timeout).records(shards).stream().findFirst();
    }

    /** Before it gives a record out, a consumer asks for what follows, which here is mostly not what comes next. */
    private byte[] value(String topic, byte[] bytes) {
        consumer.pause(List.of(shards));
        return bytes;
    }

    @Override
    public synchronized long controlEnd() {
        return consumer.endOffsets(List.of(control)).get(control);
    }

    @Override
    public synchronized void close() {
        consumer.close();
    }
}
