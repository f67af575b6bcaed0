package org.fedbiot.schemas.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.fedbiot.schemas.topic.Topic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches single records of one topic by key: by a hint where they lie, or, since Kafka cannot look up a key and a
 * hint may be wrong (an archive restored elsewhere has other offsets), by reading the topic through. Hints in
 * ascending order within a partition are fast, they come from what was already fetched ahead. Not for use by several
 * threads.
 */
public final class EventLookup implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(EventLookup.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Topic topic;
    private final Duration timeout;
    private final List<TopicPartition> partitions;
    private final Consumer<String, byte[]> consumer;
    private final Deserializer<SpecificRecord> deserializer;
    private long bytesRead;

    /** @param timeout for one fetch; a scan may take this long without a record */
    public EventLookup(KafkaSettings settings, String clientId, Topic topic, Duration timeout) {
        this.topic = topic;
        this.timeout = timeout;
        this.partitions = IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .toList();
        Properties properties = settings.consumer(clientId, Optional.empty());
        this.deserializer = deserializer(properties);
        // Values of other keys are passed over unread: another run's bad record must not stop this one.
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        // One at a time, so that what was fetched ahead stays with the consumer for the next hint.
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
        this.consumer = new KafkaConsumer<>(properties);
        consumer.assign(partitions);
    }

    /**
     * The record with this key: the one at the hint, or else the first one in the topic as it stands now.
     *
     * @param partition hint, negative if unknown
     * @param offset hint, negative if unknown
     * @return empty if no record in the topic has this key
     * @throws TimeoutException if the broker does not answer in time
     */
    public Optional<ConsumerRecord<String, SpecificRecord>> fetch(String key, int partition, long offset) {
        Optional<ConsumerRecord<String, byte[]>> found = atHint(key, partition, offset);
        if (found.isEmpty()) {
            LOGGER.info("no record with key {} at the hint {}-{} offset {}: reading the topic through", key,
                    topic.name(), partition, offset);
            found = scan(key);
        }
        return found.map(this::decode);
    }

    /** Keys and values read so far, those passed over included. */
    public long bytesRead() {
        return bytesRead;
    }

    @Override
    public void close() {
        try (deserializer) {
            consumer.close();
        }
    }

    private Optional<ConsumerRecord<String, byte[]>> atHint(String key, int partition, long offset) {
        if (partition < 0 || partition >= partitions.size() || offset < 0) {
            return Optional.empty();
        }
        TopicPartition at = partitions.get(partition);
        List<TopicPartition> hinted = List.of(at);
        if (offset >= consumer.endOffsets(hinted).get(at)
                || offset < consumer.beginningOffsets(hinted).get(at)) {
            return Optional.empty();
        }
        consumer.pause(partitions);
        consumer.resume(hinted);
        consumer.seek(at, offset);
        return next(Map.of(at, offset + 1)).filter(record -> record.offset() == offset && key.equals(record.key()));
    }

    private Optional<ConsumerRecord<String, byte[]>> scan(String key) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.resume(partitions);
        consumer.seekToBeginning(partitions);
        Optional<ConsumerRecord<String, byte[]>> record = next(ends);
        while (record.isPresent() && !key.equals(record.get().key())) {
            record = next(ends);
        }
        return record;
    }

    /** The next record; empty once every given partition has been read up to its end. */
    private Optional<ConsumerRecord<String, byte[]>> next(Map<TopicPartition, Long> ends) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            consumer.poll(POLL).forEach(records::add);
            if (!records.isEmpty()) {
                ConsumerRecord<String, byte[]> record = records.get(0);
                bytesRead += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
                return Optional.of(record);
            }
            if (ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                return Optional.empty();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("topic " + topic.name() + " gave no record for " + timeout.toMillis()
                        + " ms, though its end is not reached: " + ends);
            }
        }
    }

    private ConsumerRecord<String, SpecificRecord> decode(ConsumerRecord<String, byte[]> record) {
        SpecificRecord event = deserializer.deserialize(record.topic(), record.headers(), record.value());
        return new ConsumerRecord<>(record.topic(), record.partition(), record.offset(), record.timestamp(),
                record.timestampType(), record.serializedKeySize(), record.serializedValueSize(), record.key(), event,
                record.headers(), record.leaderEpoch());
    }

    @SuppressWarnings("unchecked")
    private static Deserializer<SpecificRecord> deserializer(Properties properties) {
        String name = properties.getProperty(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        try {
            Deserializer<SpecificRecord> deserializer = Utils.newInstance(name, Deserializer.class);
            deserializer.configure(Utils.propsToMap(properties), false);
            return deserializer;
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG + " is not on the class path: " + name, e);
        }
    }
}
