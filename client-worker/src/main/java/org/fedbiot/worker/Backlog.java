package org.fedbiot.worker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Records that were read and not yet worked on, and how far each partition is done. Not thread-safe: owned by the
 * thread that polls.
 */
final class Backlog {

    private final List<ConsumerRecord<String, SpecificRecord>> waiting = new ArrayList<>();
    private final Map<TopicPartition, Long> nextToRead = new HashMap<>();

    void add(Iterable<ConsumerRecord<String, SpecificRecord>> records) {
        for (ConsumerRecord<String, SpecificRecord> record : records) {
            TopicPartition partition = partitionOf(record);
            // After a rebalance the broker hands out again what was not committed; what is known stays known.
            if (record.offset() >= nextToRead.getOrDefault(partition, 0L)) {
                waiting.add(record);
                nextToRead.put(partition, record.offset() + 1);
            }
        }
    }

    /** Counts a record as done that is none of our events. */
    void passOver(TopicPartition partition, long offset) {
        nextToRead.merge(partition, offset + 1, Math::max);
    }

    /** Forgets partitions that another worker now holds. */
    void drop(Iterable<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            waiting.removeIf(record -> partitionOf(record).equals(partition));
            nextToRead.remove(partition);
        }
    }

    /**
     * Takes the first record that is still worth doing and drops those before it that are not.
     *
     * @return null if none is left
     */
    ConsumerRecord<String, SpecificRecord> take(LeasedWork work) {
        while (!waiting.isEmpty()) {
            ConsumerRecord<String, SpecificRecord> record = waiting.remove(0);
            if (work.isWorthDoing(record, List.copyOf(waiting))) {
                return record;
            }
        }
        return null;
    }

    /** Offsets up to which all records of the given partitions are done, if nothing is being worked on. */
    Map<TopicPartition, Long> doneUpTo(Iterable<TopicPartition> partitions) {
        Map<TopicPartition, Long> done = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Long next = nextToRead.get(partition);
            if (next != null) {
                done.put(partition, waiting.stream().filter(record -> partitionOf(record).equals(partition))
                        .mapToLong(ConsumerRecord::offset).min().orElse(next));
            }
        }
        return done;
    }

    private static TopicPartition partitionOf(ConsumerRecord<String, SpecificRecord> record) {
        return new TopicPartition(record.topic(), record.partition());
    }
}
