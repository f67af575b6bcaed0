package org.fedbiot.cli.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.wire.RawEvent;
import org.fedbiot.schemas.wire.Registries;
import org.fedbiot.schemas.wire.RegistryException;
import org.fedbiot.schemas.wire.SchemaRegistry;

/** Reads topics as they lie, committed records only, one record in memory at a time beside what the client fetches. */
final class RawTopics implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final int NOT_FOUND = 404;

    /** Takes a record. */
    @FunctionalInterface
    interface Reader {

        /** @param event empty for what is none of our events, such as bytes that a stranger wrote */
        void accept(TopicPartition partition, Place at, Optional<Decoded> event) throws IOException;
    }

    /** Where a record lies, and what it weighs. */
    record Place(long offset, String key, int bytes) {
    }

    /** A record that is one of our events. */
    record Decoded(ArchivedRecord record, SpecificRecord event) {
    }

    private final Consumer<byte[], byte[]> consumer;
    private final SchemaRegistry registry;

    RawTopics(KafkaSettings kafka) {
        Properties properties = kafka.consumer("fedbiot-cli-records", Optional.empty());
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        this.registry = registry(properties);
        this.consumer = new KafkaConsumer<>(properties);
    }

    static SchemaRegistry registry(Properties properties) {
        Map<String, Object> configuration = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> configuration.put(name, properties.getProperty(name)));
        return Registries.of(configuration);
    }

    static List<TopicPartition> partitions(Topic topic) {
        return IntStream.range(0, topic.partitions()).mapToObj(p -> new TopicPartition(topic.name(), p)).toList();
    }

    /**
     * Where a topic's partitions end now, as far as all is decided about what lies before; empty for a topic that a
     * cluster of an older release has not.
     */
    Map<TopicPartition, Long> ends(Topic topic) {
        return consumer.listTopics().containsKey(topic.name()) ? consumer.endOffsets(partitions(topic)) : Map.of();
    }

    /** Whether a partition of the topic no longer begins with its first record. */
    boolean isTrimmed(Topic topic) {
        return !ends(topic).isEmpty() && beginnings(topic).values().stream().anyMatch(beginning -> beginning > 0);
    }

    private Map<TopicPartition, Long> beginnings(Topic topic) {
        return consumer.beginningOffsets(partitions(topic));
    }

    /**
     * Reads a topic from its beginning, each partition in its order.
     *
     * @param ends where to stop
     * @throws RegistryException if the registry cannot be asked
     */
    void read(Topic topic, Map<TopicPartition, Long> ends, Reader reader) throws IOException {
        List<TopicPartition> partitions = new ArrayList<>(ends.keySet());
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                if (record.offset() < ends.get(partition)) {
                    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
                    int bytes = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
                    reader.accept(partition, new Place(record.offset(), key, bytes),
                            decode(topic, key, record));
                }
            }
        }
    }

    private Optional<Decoded> decode(Topic topic, String key, ConsumerRecord<byte[], byte[]> record) {
        try {
            RawEvent raw = RawEvent.of(registry, topic.name(), record.value());
            List<ArchivedRecord.Header> headers = new ArrayList<>();
            for (Header header : record.headers()) {
                headers.add(new ArchivedRecord.Header(header.key(),
                        Objects.requireNonNullElse(header.value(), new byte[0])));
            }
            return Optional.of(new Decoded(new ArchivedRecord(record.partition(), record.offset(), record.timestamp(),
                    key, headers, raw), raw.decode(topic.name())));
        } catch (RegistryException e) {
            if (e.httpStatus() != NOT_FOUND) {
                throw e;
            }
            return Optional.empty();
        } catch (SerializationException notOurs) {
            // Whoever wrote it, it is in the dead letters of the process that it was meant for.
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
