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

/** By a consumer beside that of Kafka Streams, which is in no group and commits nothing; connects at the first read. */
final class KafkaPartitionLog implements PartitionLog {

    /** A broker that restarts is back within this; a thread of Kafka Streams may be silent for five minutes. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(500);

    private final TopicPartition shards;
    private final TopicPartition control;
    private final Consumer<String, byte[]> consumer;
    private long next = -1;

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
    public Optional<Arrival> shard(long offset) {
        consumer.resume(List.of(shards));
        if (offset != next) {
            consumer.seek(shards, offset);
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            try {
                List<ConsumerRecord<String, byte[]>> records = consumer.poll(POLL).records(shards);
                if (!records.isEmpty()) {
                    next = records.get(0).offset() + 1;
                    return Optional.of(records.get(0))
                            .filter(record -> record.offset() == offset)
                            .map(record -> new Arrival(record.topic(), record.partition(), record.offset(),
                                    record.key(), record.value()));
                }
            } catch (OffsetOutOfRangeException e) {
                // The consumer stands where it could not read.
                next = -1;
                return Optional.empty();
            }
        }
        throw new TimeoutException("topic " + shards.topic() + ", partition " + shards.partition() + ", offset "
                + offset + " could not be read again within " + PATIENCE);
    }

    /** Before it gives a record out, a consumer asks for what follows, which here is mostly not what comes next. */
    private byte[] value(String topic, byte[] bytes) {
        consumer.pause(List.of(shards));
        return bytes;
    }

    @Override
    public long controlEnd() {
        return consumer.endOffsets(List.of(control)).get(control);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
