package org.fedbiot.worker.version;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.UnusableRecord;
import org.fedbiot.schemas.topic.Topic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A payload topic on a broker, read without a group. One thread at a time. */
public final class KafkaPayloadLog implements PayloadLog {

    private static final Logger LOGGER = LoggerFactory.getLogger(KafkaPayloadLog.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long REGISTRY_RETRY_MILLIS = 1_000;
    /** A jump costs a round trip; records nearer than this are cheaper read and dropped. */
    private static final long SEEK_BEYOND = 8;

    private final Topic topic;
    private final KafkaConsumer<String, SpecificRecord> consumer;

    public KafkaPayloadLog(KafkaSettings settings, String clientId, Topic topic) {
        this.topic = topic;
        this.consumer = new KafkaConsumer<>(settings.consumer(clientId, Optional.empty()));
    }

    @Override
    public String topic() {
        return topic.name();
    }

    @Override
    public void readAt(List<Place> places, Predicate<ConsumerRecord<String, SpecificRecord>> reader)
            throws InterruptedException {
        Map<TopicPartition, NavigableSet<Long>> wanted = new HashMap<>();
        for (Place place : places) {
            if (place.partition() < topic.partitions()) {
                wanted.computeIfAbsent(new TopicPartition(topic.name(), place.partition()), key -> new TreeSet<>())
                        .add(place.offset());
            }
        }
        consumer.assign(wanted.keySet());
        Map<TopicPartition, Long> ends = consumer.endOffsets(wanted.keySet());
        wanted.forEach((partition, offsets) -> offsets.tailSet(ends.get(partition), true).clear());
        wanted.values().removeIf(Collection::isEmpty);
        consumer.assign(wanted.keySet());
        wanted.forEach((partition, offsets) -> consumer.seek(partition, offsets.first()));
        while (!wanted.isEmpty()) {
            if (!deliver(reader, wanted)) {
                return;
            }
            advance(wanted);
        }
    }

    /** Hands on what is wanted of the next records; false when the reader has enough. */
    private boolean deliver(Predicate<ConsumerRecord<String, SpecificRecord>> reader,
            Map<TopicPartition, NavigableSet<Long>> wanted) throws InterruptedException {
        for (ConsumerRecord<String, SpecificRecord> record : poll()) {
            NavigableSet<Long> offsets = wanted.get(new TopicPartition(record.topic(), record.partition()));
            if (offsets.contains(record.offset()) && !reader.test(record)) {
                return false;
            }
        }
        return true;
    }

    /** Forgets what lies behind, jumps over wide gaps and leaves partitions that have no more to give. */
    private void advance(Map<TopicPartition, NavigableSet<Long>> wanted) {
        wanted.forEach((partition, offsets) -> {
            long position = consumer.position(partition);
            offsets.headSet(position).clear();
            if (!offsets.isEmpty() && offsets.first() - position > SEEK_BEYOND) {
                consumer.seek(partition, offsets.first());
            }
        });
        if (wanted.values().removeIf(Collection::isEmpty)) {
            consumer.assign(wanted.keySet());
        }
    }

    @Override
    public void readAll(Predicate<ConsumerRecord<String, SpecificRecord>> reader) throws InterruptedException {
        List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition())).toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.seekToBeginning(partitions);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<String, SpecificRecord> record : poll()) {
                if (!reader.test(record)) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }

    private Iterable<ConsumerRecord<String, SpecificRecord>> poll() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("closed while reading " + topic.name());
        }
        try {
            return consumer.poll(POLL);
        } catch (RecordDeserializationException e) {
            UnusableRecord record = UnusableRecord.of(e).orElse(null);
            if (record == null) {
                LOGGER.atWarn().addKeyValue("error", e.getCause().getMessage())
                        .log("the schema registry does not answer; will retry");
                TimeUnit.MILLISECONDS.sleep(REGISTRY_RETRY_MILLIS);
            } else {
                // No payload: if it lies where one should, whoever wants that says that it is missing.
                LOGGER.atWarn().addKeyValue("topic", record.topic()).addKeyValue("partition", record.partition())
                        .addKeyValue("offset", record.offset()).addKeyValue("reason", record.reason())
                        .log("record passed over");
                consumer.seek(e.topicPartition(), e.offset() + 1);
            }
            return List.of();
        }
    }
}
