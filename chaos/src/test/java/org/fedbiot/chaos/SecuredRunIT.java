package org.fedbiot.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole run where every part has its own password and may do what its role needs, and nothing else. */
@Timeout(300)
class SecuredRunIT {

    private static final int ROUNDS = 2;

    @TempDir
    private Path directory;

    @Test
    void shouldRunWithEveryPartUnderItsOwnName() throws Exception {
        TrialFiles files = TrialFiles.write(directory.resolve("files"));
        try (SecuredBroker broker = new SecuredBroker(directory, TrialFiles.CLIENTS);
                OpenCluster cluster = new OpenCluster(directory, files, broker::as)) {
            // When
            List<SpecificRecord> decisions = cluster.run(files.spec(ROUNDS, Map.of()), decision -> { });

            // Then
            assertThat(cluster.failures()).isEmpty();
            assertThat(decisions.get(decisions.size() - 1)).isInstanceOfSatisfying(RunEnded.class,
                    ended -> assertThat(ended.getOutcome()).as(ended.getReason()).isEqualTo(RunOutcome.COMPLETED));
            assertThat(decisions).filteredOn(RoundClosed.class::isInstance).hasSize(ROUNDS)
                    .allSatisfy(closed -> assertThat(((RoundClosed) closed).getCounted())
                            .extracting(CountedUpdate::getClientId).isEqualTo(TrialFiles.CLIENTS));

            // And nobody's password stands in any record, and a client cannot register a key for another
            List<byte[]> records = everyRecord(broker.adminSettings());
            assertThat(records).hasSizeGreaterThan(decisions.size());
            broker.passwords().values().forEach(password -> assertThat(records).noneMatch(record ->
                    new String(record, StandardCharsets.ISO_8859_1).contains(password.value())));
            try (EventProducer anna = new EventProducer(broker.as("anna"), "forger")) {
                assertThatThrownBy(() -> anna.send(Topics.COMMAND, "bert", ClientKeyRegistered.newBuilder()
                        .setClientId("bert").setKeyId("forged").setPublicKey(ByteBuffer.allocate(44)).build())
                        .get()).rootCause().isInstanceOf(TopicAuthorizationException.class);
                assertThatThrownBy(anna::awaitAll).hasMessageContaining(Topics.COMMAND.name());
            }
        }
    }

    private static List<byte[]> everyRecord(Map<String, String> settings) {
        List<byte[]> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(new HashMap<>(settings),
                new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = Topics.ALL.stream()
                    .flatMap(topic -> consumer.partitionsFor(topic.name()).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }
}
