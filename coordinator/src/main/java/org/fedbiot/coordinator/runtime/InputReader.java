package org.fedbiot.coordinator.runtime;

import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.UnusableRecord;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventHeaders;
import org.fedbiot.schemas.wire.RegistryException;

/**
 * Reads all inputs. Partitions are assigned by hand: there is one coordinator, the transactional id keeps a second one
 * out, and a restart need not wait for a dead group member to time out. The group only holds the offsets.
 */
final class InputReader implements AutoCloseable {

    private static final List<Topic> TOPICS = List.of(Topics.COMMAND, Topics.UPDATE_VERDICT, Topics.TASK_RESULT,
            Topics.ADAPTER_MANIFEST, Topics.CLIENT_PRESENCE);

    private final Consumer<String, SpecificRecord> consumer;

    /**
     * What a poll gave, without what was restored from an archive: that is history, and was decided upon.
     *
     * @param undecodable a record that was skipped because it is none of our events
     */
    record Batch(List<ConsumerRecord<String, SpecificRecord>> records, Optional<DeadLetter> undecodable) {

        /** Those of some topics, in order. */
        List<ConsumerRecord<String, SpecificRecord>> records(Predicate<Topic> topics) {
            return records.stream().filter(record -> topics.test(Topics.find(record.topic()).orElseThrow())).toList();
        }
    }

    InputReader(KafkaSettings settings) {
        this(new KafkaConsumer<>(settings.consumer(CoordinatorProcess.NAME + "-inputs",
                Optional.of(CoordinatorProcess.NAME))));
    }

    InputReader(Consumer<String, SpecificRecord> consumer) {
        this.consumer = consumer;
    }

    static List<String> topics() {
        return TOPICS.stream().map(Topic::name).toList();
    }

    static List<TopicPartition> partitions() {
        return TOPICS.stream()
                .flatMap(topic -> IntStream.range(0, topic.partitions())
                        .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
                .toList();
    }

    /**
     * Goes on behind what was committed, and behind what the log says was decided upon.
     *
     * @param decided per partition the first offset that the log knows no decision on
     */
    void start(Map<TopicPartition, Long> decided) {
        List<TopicPartition> partitions = partitions();
        consumer.assign(partitions);
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(new HashSet<>(partitions));
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata offset = committed.get(partition);
            consumer.seek(partition, Math.max(offset == null ? 0 : offset.offset(),
                    decided.getOrDefault(partition, 0L)));
        }
    }

    /** @throws RegistryException if the registry cannot be asked; nothing was consumed, so ask again later */
    Batch poll(Duration timeout) {
        try {
            ConsumerRecords<String, SpecificRecord> polled = consumer.poll(timeout);
            return new Batch(polled.partitions().stream().flatMap(partition -> polled.records(partition).stream())
                    .filter(record -> !EventHeaders.isRestored(record.headers()))
                    .toList(), Optional.empty());
        } catch (RecordDeserializationException e) {
            UnusableRecord unusable = UnusableRecord.of(e).orElseThrow(() -> (RegistryException) e.getCause());
            consumer.seek(e.topicPartition(), e.offset() + 1);
            return new Batch(List.of(), Optional.of(unusable.deadLetter(CoordinatorProcess.NAME)));
        }
    }

    /** Whether commands were written that are in no batch yet. */
    boolean isBehindCommands(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .filter(end -> end.getKey().topic().equals(Topics.COMMAND.name()))
                .anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
    }

    /** Gives back a record and all behind it in its partition: they come again. */
    void putOff(ConsumerRecord<?, ?> record) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < consumer.position(partition)) {
            consumer.seek(partition, record.offset());
        }
    }

    /** Whether a record of the last batch was given back. */
    boolean isPutOff(ConsumerRecord<?, ?> record) {
        return record.offset() >= consumer.position(new TopicPartition(record.topic(), record.partition()));
    }

    /** Next offset of every input partition. */
    Map<TopicPartition, OffsetAndMetadata> positions() {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        partitions().forEach(partition ->
                positions.put(partition, new OffsetAndMetadata(consumer.position(partition))));
        return positions;
    }

    /** Kafka's own, for as long as the reader is open. */
    KafkaClientMetrics metrics() {
        return new KafkaClientMetrics(consumer);
    }

    ConsumerGroupMetadata group() {
        return consumer.groupMetadata();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
