package org.fedbiot.benchmarks.aggregation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topics;

/** Reads shards as bytes, committed ones only, and does nothing with them: what no aggregator can be faster than. */
final class BareConsumer implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final Consumer<String, byte[]> consumer;
    private final List<TopicPartition> partitions = IntStream.range(0, Topics.SHARD_PARTITIONS)
            .mapToObj(partition -> new TopicPartition(Topics.UPDATE_SHARD.name(), partition)).toList();

    BareConsumer(KafkaSettings settings) {
        Properties properties = settings.consumer("bare-consumer", Optional.empty());
        properties.put("max.partition.fetch.bytes", Integer.toString(8 * 1024 * 1024));
        properties.put("receive.buffer.bytes", Integer.toString(1024 * 1024));
        // At the end of the log it asks on; read again from an earlier place, it would wait for that answer first.
        properties.put("fetch.max.wait.ms", "1");
        consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
        consumer.assign(partitions);
    }

    Map<TopicPartition, Long> ends() {
        return consumer.endOffsets(partitions);
    }

    /** @return bytes of values per second, from one position to another */
    double bytesPerSecond(Map<TopicPartition, Long> from, Map<TopicPartition, Long> to) {
        from.forEach(consumer::seek);
        long bytes = 0;
        long start = System.nanoTime();
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < to.get(partition))) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                bytes += record.value().length;
            }
        }
        return bytes / ((System.nanoTime() - start) / 1e9);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
