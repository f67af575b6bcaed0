package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EventWireIT {

    @TempDir
    private static Path directory;
    private static OneMachine machine;

    @BeforeAll
    static void start() {
        machine = OneMachine.start(directory);
    }

    @AfterAll
    static void stop() {
        machine.close();
    }

    @Test
    void shouldBringEveryEventOfEveryTopicBackAsItWas() throws IOException {
        // Given every type of event on every topic that carries it
        Map<String, SpecificRecord> sent = new HashMap<>();
        try (EventProducer producer = new EventProducer(machine.settings(), "writer")) {
            for (Topic topic : Topics.ALL) {
                for (Schema type : topic.events()) {
                    SpecificRecord event = sample(type);
                    String key = "wire/" + type.getName();
                    sent.put(topic.name() + " " + key, event);
                    producer.send(topic, key, event);
                }
            }

            // When all of them are acknowledged
            producer.awaitAll();
            assertThat(producer.bytesSent()).isPositive();
        }

        // Then another process, which knows none of the ids, reads them all
        Map<String, SpecificRecord> read = new HashMap<>();
        for (ConsumerRecord<String, SpecificRecord> record : readAll(machine.settings(), carrying())) {
            if (record.key().startsWith("wire/")) {
                read.put(record.topic() + " " + record.key(), record.value());
                assertThat(record.headers().lastHeader("event").value()).asString()
                        .isEqualTo(record.value().getSchema().getName());
            }
        }
        assertThat(read).isEqualTo(sent);
    }

    @Test
    void shouldNameThePlaceOfARecordThatIsNoEventAndGoOnAfterIt() {
        // Given rubbish between two events
        Topic topic = Topics.CLIENT_PRESENCE;
        SpecificRecord event = sample(topic.events().get(0));
        try (EventProducer producer = new EventProducer(machine.settings(), "writer")) {
            producer.send(topic, "before", event).join();
            long rubbish = sendRubbish(topic);
            producer.send(topic, "after", event).join();

            try (EventReader reader = new EventReader(machine.settings(), "reader", topic)) {
                reader.seek(topic, 0, rubbish);

                // When it is read, the error says where, and the reader can be moved on
                assertThatThrownBy(() -> reader.poll(Duration.ofSeconds(10)))
                        .isInstanceOfSatisfying(RecordDeserializationException.class, e -> {
                            assertThat(e.topicPartition().topic()).isEqualTo(topic.name());
                            assertThat(e.offset()).isEqualTo(rubbish);
                        });
                reader.seek(topic, 0, rubbish + 1);
                assertThat(reader.poll(Duration.ofSeconds(10))).extracting(ConsumerRecord::key)
                        .containsExactly("after");
                assertThat(reader.atEnd()).isTrue();
                assertThat(reader.bytesRead()).isPositive();
            }
        }
    }

    @Test
    void shouldNotShowWhatATransactionTookBack() {
        Map<String, Object> config = new HashMap<>();
        machine.settings().transactionalProducer("writer", "taken-back")
                .forEach((name, value) -> config.put(name.toString(), value));
        try (KafkaProducer<String, SpecificRecord> producer = new KafkaProducer<>(config)) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(Topics.COMMAND.name(), "aborted", cancel()));
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(Topics.COMMAND.name(), "committed", cancel()));
            producer.commitTransaction();
        }

        assertThat(readAll(machine.settings(), Topics.COMMAND)).extracting(ConsumerRecord::key)
                .contains("committed").doesNotContain("aborted");
    }

    private static long sendRubbish(Topic topic) {
        Map<String, Object> config = Map.of("bootstrap.servers", machine.kafka().bootstrapServers());
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(config,
                new StringSerializer(),
                new ByteArraySerializer())) {
            return producer.send(new ProducerRecord<>(topic.name(), "rubbish", new byte[] {1, 2, 3})).get().offset();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<ConsumerRecord<String, SpecificRecord>> readAll(KafkaSettings settings, Topic... topics) {
        List<ConsumerRecord<String, SpecificRecord>> records = new ArrayList<>();
        try (EventReader reader = new EventReader(settings, "reader", topics)) {
            while (!reader.atEnd()) {
                records.addAll(reader.poll(Duration.ofSeconds(1)));
            }
        }
        return records;
    }

    private static Topic[] carrying() {
        return Topics.ALL.stream().filter(topic -> !topic.events().isEmpty()).toArray(Topic[]::new);
    }

    private static RunCancelRequested cancel() {
        return RunCancelRequested.newBuilder().setRunId("r1").setReason("enough").build();
    }

    /** Every field filled, by Avro's own random data and codec. */
    private static SpecificRecord sample(Schema type) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        try {
            for (Object value : new RandomData(type, 1, 11)) {
                new GenericDatumWriter<>(type).write(value, encoder);
            }
            encoder.flush();
            return new SpecificDatumReader<SpecificRecord>(type, type, SpecificData.getForSchema(type))
                    .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
