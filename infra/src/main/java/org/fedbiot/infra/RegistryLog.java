package org.fedbiot.infra;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/**
 * The registry's topic. There is one writer: opening it fences whoever wrote before, and only then is the topic read,
 * so that nothing can be added behind the reader's back and no id is given twice.
 */
final class RegistryLog implements AutoCloseable {

    private static final Topic TOPIC = Topics.REGISTRY_SCHEMA;
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC.name(), 0);
    private static final String CLIENT_ID = "fedbiot-registry";
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaProducer<String, String> producer;
    private boolean broken;

    private RegistryLog(KafkaProducer<String, String> producer) {
        this.producer = producer;
    }

    /**
     * @param kafka how its clients reach the broker
     * @param state filled with all that the topic holds
     */
    static RegistryLog open(Map<String, String> kafka, RegistryState state) {
        createTopic(kafka);
        Map<String, Object> config = client(kafka);
        config.put("transactional.id", CLIENT_ID);
        config.put("acks", "all");
        config.put("max.request.size", TOPIC.maxRecordBytes());
        KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
        try {
            producer.initTransactions();
            read(kafka, state);
        } catch (KafkaException | IllegalStateException e) {
            producer.close();
            throw e;
        }
        return new RegistryLog(producer);
    }

    /**
     * All of the records or none.
     *
     * @throws RegistryRefusal 500 if the broker does not take them; from then on this log takes no more, since what
     *     it holds is no longer known
     */
    void write(List<RegistryRecord> records) {
        if (broken) {
            throw RegistryRefusal.storeFailed("an earlier write failed; start the registry again");
        }
        try {
            producer.beginTransaction();
            // A failed send makes the commit throw.
            records.forEach(record -> producer.send(new ProducerRecord<>(TOPIC.name(), PARTITION.partition(),
                    record.key(), record.value())));
            producer.commitTransaction();
        } catch (KafkaException e) {
            broken = true;
            throw RegistryRefusal.storeFailed("topic " + TOPIC.name() + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        producer.close();
    }

    private static void read(Map<String, String> kafka, RegistryState state) {
        Map<String, Object> config = client(kafka);
        config.put("isolation.level", "read_committed");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = List.of(PARTITION);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).get(PARTITION);
            while (consumer.position(PARTITION) < end) {
                consumer.poll(POLL).forEach(record -> state.apply(parse(record)));
            }
        }
    }

    private static RegistryRecord parse(ConsumerRecord<String, String> record) {
        try {
            return RegistryRecord.parse(record.key(), record.value());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("the registry cannot start: topic " + record.topic() + ", partition "
                    + record.partition() + ", offset " + record.offset() + ": " + e.getMessage(), e);
        }
    }

    private static void createTopic(Map<String, String> kafka) {
        short replication = -1;
        NewTopic topic = new NewTopic(TOPIC.name(), TOPIC.partitions(), replication).configs(TOPIC.config());
        try (Admin admin = Admin.create(client(kafka))) {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("cannot create topic " + TOPIC.name() + ": " + e.getCause(), e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating topic " + TOPIC.name(), e);
        }
    }

    private static Map<String, Object> client(Map<String, String> kafka) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put("client.id", CLIENT_ID);
        return config;
    }
}
