package org.fedbiot.cli.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericDatumReader;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecord;
import org.apache.flink.avro.shaded.org.apache.avro.io.BinaryDecoder;
import org.apache.flink.avro.shaded.org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventDeserializer;
import org.fedbiot.schemas.wire.EventHeaders;
import org.fedbiot.schemas.wire.SubjectNames;

/**
 * Reads a cluster's events with other people's code: Confluent's own registry client and Avro, as Flink packs them.
 * What it reads must be what our classes read.
 */
public final class ConfluentWitness {

    private static final int HEADER_BYTES = 1 + Integer.BYTES;
    private static final int CACHED = 1000;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CachedSchemaRegistryClient registry;
    private final EventDeserializer ours = new EventDeserializer();
    private final Set<String> eventsRead = new HashSet<>();

    private ConfluentWitness(KafkaSettings kafka) {
        this.registry = new CachedSchemaRegistryClient(kafka.schemaRegistryUrl(), CACHED);
        ours.configure(Map.of("schema.registry.url", kafka.schemaRegistryUrl()), false);
    }

    /**
     * Reads every event of every topic, and fails at the first that is not the same to both.
     *
     * @return the names of all event types that it read
     */
    public static Set<String> read(KafkaSettings kafka) {
        ConfluentWitness witness = new ConfluentWitness(kafka);
        Properties properties = kafka.consumer("confluent-witness", Optional.empty());
        properties.keySet().removeAll(Set.of("key.deserializer", "value.deserializer"));
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            for (Topic topic : Topics.ALL) {
                if (!topic.events().isEmpty()) {
                    witness.readAll(consumer, topic);
                }
            }
        } catch (IOException | RestClientException e) {
            throw new AssertionError("Confluent's client on " + kafka.schemaRegistryUrl() + ": " + e.getMessage(), e);
        }
        return Set.copyOf(witness.eventsRead);
    }

    private void readAll(KafkaConsumer<String, byte[]> consumer, Topic topic) throws IOException, RestClientException {
        List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                .map(partition -> new TopicPartition(topic.name(), partition.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                check(record);
            }
        }
    }

    private void check(ConsumerRecord<String, byte[]> record) throws IOException, RestClientException {
        byte[] value = record.value();
        assertThat(value[0]).as("magic byte of %s", record).isZero();
        int id = ByteBuffer.wrap(value, 1, Integer.BYTES).getInt();
        Schema written = ((AvroSchema) registry.getSchemaById(id)).rawSchema();
        SpecificRecord event = ours.deserialize(record.topic(), value);

        assertThat(decode(written, value)).isEqualTo(JSON.readTree(event.toString()));
        assertThat(registry.getId(SubjectNames.of(record.topic(), event.getSchema()), new AvroSchema(written)))
                .as("id of %s under its subject", written.getFullName()).isEqualTo(id);
        assertThat(new String(record.headers().lastHeader(EventHeaders.EVENT).value(), StandardCharsets.UTF_8))
                .isEqualTo(written.getName());
        eventsRead.add(written.getName());
    }

    private static JsonNode decode(Schema written, byte[] value) throws IOException {
        byte[] avro = Arrays.copyOfRange(value, HEADER_BYTES, value.length);
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(avro, null);
        GenericRecord event = new GenericDatumReader<GenericRecord>(written).read(null, decoder);
        assertThat(decoder.isEnd()).as("nothing follows %s", written.getFullName()).isTrue();
        return JSON.readTree(event.toString());
    }
}
