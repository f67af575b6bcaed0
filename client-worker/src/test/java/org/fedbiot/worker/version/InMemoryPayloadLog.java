package org.fedbiot.worker.version;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A payload topic of two partitions in memory; counts scans. */
public final class InMemoryPayloadLog implements PayloadLog {

    private static final int PARTITIONS = 2;
    /** Stands for the size of a serialized value. */
    public static final int VALUE_BYTES = 1000;

    private final List<ConsumerRecord<String, SpecificRecord>> records = new ArrayList<>();
    private int scans;

    public CompletableFuture<RecordMetadata> send(String key, SpecificRecord event) {
        return send(Math.floorMod(key.hashCode(), PARTITIONS), key, event);
    }

    public CompletableFuture<RecordMetadata> send(int partition, String key, SpecificRecord event) {
        long offset = records.stream().filter(record -> record.partition() == partition).count();
        records.add(new ConsumerRecord<>(topic(), partition, offset, 0, TimestampType.CREATE_TIME, key.length(),
                VALUE_BYTES, key, event, new RecordHeaders(), Optional.empty()));
        return CompletableFuture.completedFuture(
                new RecordMetadata(new TopicPartition(topic(), partition), offset, 0, 0, key.length(), VALUE_BYTES));
    }

    public int size() {
        return records.size();
    }

    int scans() {
        return scans;
    }

    /** Loses every record. */
    public void clear() {
        records.clear();
    }

    @Override
    public String topic() {
        return "in-memory";
    }

    @Override
    public void readAt(List<Place> places, Predicate<ConsumerRecord<String, SpecificRecord>> reader) {
        for (ConsumerRecord<String, SpecificRecord> record : records) {
            if (places.contains(new Place(record.partition(), record.offset())) && !reader.test(record)) {
                return;
            }
        }
    }

    @Override
    public void readAll(Predicate<ConsumerRecord<String, SpecificRecord>> reader) {
        scans++;
        for (ConsumerRecord<String, SpecificRecord> record : records) {
            if (!reader.test(record)) {
                return;
            }
        }
    }

    @Override
    public void close() {
    }
}
