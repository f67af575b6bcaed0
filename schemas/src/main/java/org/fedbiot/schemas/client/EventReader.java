package org.fedbiot.schemas.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.fedbiot.schemas.topic.Topic;

/**
 * Reads whole topics from the beginning, committed records only, without a consumer group: every reader sees all of
 * it. Not for use by several threads.
 */
public final class EventReader implements AutoCloseable {

    private final Consumer<String, SpecificRecord> consumer;
    private final List<TopicPartition> partitions;
    private Map<TopicPartition, Long> ends;
    private long bytesRead;

    /**
     * The end that {@link #atEnd} compares with is where the topics end now.
     *
     * @throws org.apache.kafka.common.errors.TopicAuthorizationException if one of them may not even be described
     */
    public EventReader(KafkaSettings settings, String clientId, Topic... topics) {
        this.consumer = new KafkaConsumer<>(settings.consumer(clientId, Optional.empty()));
        this.partitions = partitionsOf(topics);
        try {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            markEnd();
        } catch (KafkaException refused) {
            consumer.close();
            throw refused;
        }
    }

    /**
     * The next records; of one partition in its order, of several in no particular one. Empty after the timeout.
     *
     * @throws org.apache.kafka.common.errors.RecordDeserializationException if a record is not one of our events; it
     *     names topic, partition and offset, and {@link #seek} to the offset after it goes on
     */
    public List<ConsumerRecord<String, SpecificRecord>> poll(Duration timeout) {
        List<ConsumerRecord<String, SpecificRecord>> records = new ArrayList<>();
        for (ConsumerRecord<String, SpecificRecord> record : consumer.poll(timeout)) {
            bytesRead += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
            records.add(record);
        }
        return records;
    }

    /** Whether all that was committed at the last {@link #markEnd} has been read. */
    public boolean atEnd() {
        return partitions.stream().allMatch(partition -> consumer.position(partition) >= ends.get(partition));
    }

    /** Takes where the topics end now as the end. */
    public void markEnd() {
        ends = Map.copyOf(consumer.endOffsets(partitions));
    }

    /** Where each partition begins now: above 0 where records were removed. */
    public Map<TopicPartition, Long> starts() {
        return Map.copyOf(consumer.beginningOffsets(partitions));
    }

    /** Goes on from an offset in one partition. */
    public void seek(Topic topic, int partition, long offset) {
        consumer.seek(new TopicPartition(topic.name(), partition), offset);
    }

    /** Keys and values read so far, as serialized, after decompression. */
    public long bytesRead() {
        return bytesRead;
    }

    @Override
    public void close() {
        consumer.close();
    }

    private static List<TopicPartition> partitionsOf(Topic... topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (Topic topic : topics) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                partitions.add(new TopicPartition(topic.name(), partition));
            }
        }
        return List.copyOf(partitions);
    }
}
