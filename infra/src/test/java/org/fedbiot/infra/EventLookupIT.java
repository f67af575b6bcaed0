package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.fedbiot.schemas.client.EventLookup;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.TensorChunk;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EventLookupIT {

    private static final Topic TOPIC = Topics.EMULATOR_CHUNK;
    private static final int CHUNKS = 12;

    @TempDir
    private static Path directory;
    private static OneMachine machine;
    private static final RecordMetadata[] PLACES = new RecordMetadata[CHUNKS];

    @BeforeAll
    static void startAndWriteChunks() throws Exception {
        machine = OneMachine.start(directory);
        try (EventProducer producer = new EventProducer(machine.settings(), "writer")) {
            for (int i = 0; i < CHUNKS; i++) {
                PLACES[i] = producer.send(TOPIC, key(i), chunk(i)).join();
            }
        }
        // A record that nobody can read, in the way of every scan.
        try (KafkaProducer<String, String> rubbish = new KafkaProducer<>(
                Map.of("bootstrap.servers", machine.kafka().bootstrapServers()),
                new StringSerializer(), new StringSerializer())) {
            for (int partition = 0; partition < TOPIC.partitions(); partition++) {
                rubbish.send(new ProducerRecord<>(TOPIC.name(), partition, "rubbish", "rubbish")).get();
            }
        }
        try (EventProducer producer = new EventProducer(machine.settings(), "writer")) {
            producer.send(TOPIC, "late", chunk(CHUNKS));
        }
    }

    @AfterAll
    static void stop() {
        machine.close();
    }

    @Test
    void shouldFetchByTheHintAndReadNothingElse() {
        try (EventLookup lookup = lookup()) {
            long bytes = 0;
            for (int i = 0; i < CHUNKS; i++) {
                Optional<ConsumerRecord<String, SpecificRecord>> found =
                        lookup.fetch(key(i), PLACES[i].partition(), PLACES[i].offset());

                assertThat(found).map(ConsumerRecord::value).contains(chunk(i));
                assertThat(found.orElseThrow().offset()).isEqualTo(PLACES[i].offset());
                bytes += PLACES[i].serializedKeySize() + PLACES[i].serializedValueSize();
            }
            assertThat(lookup.bytesRead()).isEqualTo(bytes);
        }
    }

    @Test
    void shouldFindTheKeyWhereverTheHintPoints() {
        try (EventLookup lookup = lookup()) {
            // No hint, another record's place, beyond the end, no such partition
            assertThat(lookup.fetch(key(3), -1, -1)).map(ConsumerRecord::value).contains(chunk(3));
            assertThat(lookup.fetch(key(3), PLACES[5].partition(), PLACES[5].offset()))
                    .map(ConsumerRecord::value).contains(chunk(3));
            assertThat(lookup.fetch(key(3), 0, 1_000_000)).map(ConsumerRecord::value).contains(chunk(3));
            assertThat(lookup.fetch(key(3), 99, 0)).map(ConsumerRecord::value).contains(chunk(3));
            // And the next good hint works as before
            assertThat(lookup.fetch(key(7), PLACES[7].partition(), PLACES[7].offset()))
                    .map(ConsumerRecord::value).contains(chunk(7));
        }
    }

    @Test
    void shouldPassOverRecordsThatNobodyCanRead() {
        try (EventLookup lookup = lookup()) {
            assertThat(lookup.fetch("late", -1, -1)).map(ConsumerRecord::value).contains(chunk(CHUNKS));
        }
    }

    @Test
    void shouldFindNothingWhereThereIsNoSuchKey() {
        try (EventLookup lookup = lookup()) {
            assertThat(lookup.fetch("r9/none", 0, 0)).isEmpty();
        }
    }

    private static EventLookup lookup() {
        return new EventLookup(machine.settings(), "lookup", TOPIC, Duration.ofSeconds(20));
    }

    private static String key(int i) {
        return EventKeys.chunk("r1", chunk(i).getSha256());
    }

    private static TensorChunk chunk(int i) {
        ByteBuffer data = ByteBuffer.allocate(1000).putInt(0, i);
        return TensorChunk.newBuilder().setRunId("r1").setSha256(Sha256.of(data)).setData(data).build();
    }
}
