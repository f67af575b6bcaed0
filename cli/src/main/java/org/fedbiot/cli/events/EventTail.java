package org.fedbiot.cli.events;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.wire.Registries;
import org.fedbiot.schemas.wire.SchemaRegistry;

/** Reads topics as they lie, committed records only; one that cannot be decoded is told like any other. */
final class EventTail implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final SchemaRegistry registry;
    private final List<TopicPartition> partitions;

    EventTail(KafkaSettings kafka, List<Topic> topics) {
        Properties properties = kafka.consumer("fedbiot-cli-tail", Optional.empty());
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        Map<String, Object> configuration = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> configuration.put(name, properties.getProperty(name)));
        registry = Registries.of(configuration);
        partitions = topics.stream().flatMap(topic -> IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))).toList();
        consumer = new KafkaConsumer<>(properties);
        consumer.assign(partitions);
    }

    /**
     * Reads on; records of one partition in their order, of several in no particular one.
     *
     * @param fromEnd whether what is there already is passed over
     * @param follow whether to go on when all that was there at the start is read
     * @param line told of each record; false to end
     * @throws org.fedbiot.schemas.wire.RegistryException if the registry cannot be asked
     */
    void read(boolean fromEnd, boolean follow, Predicate<RecordLine> line) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        if (fromEnd) {
            ends.forEach(consumer::seek);
        } else {
            consumer.seekToBeginning(partitions);
        }
        while (follow || partitions.stream().anyMatch(at -> consumer.position(at) < ends.get(at))) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                boolean wanted = follow
                        || record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()));
                if (wanted && !line.test(RecordLine.of(registry, record))) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
