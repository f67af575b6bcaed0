package org.fedbiot.cli.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunWatcherIT {

    @TempDir
    Path temp;

    @Test
    void shouldPassOverWhatIsNoEvent() throws ExecutionException, InterruptedException {
        try (EmbeddedKafka broker = EmbeddedKafka.start(temp, 0);
                EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0)) {
            KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers(), registry.url());
            try (Admin admin = Admin.create(kafka.admin())) {
                TopicCreation.createMissing(admin, (short) 1);
            }
            // Given bytes of a stranger and a tombstone, and after them what the watcher waits for
            stranger(broker, "garbage".getBytes(StandardCharsets.UTF_8));
            stranger(broker, null);
            try (EventProducer producer = new EventProducer(kafka, "it")) {
                producer.send(Topics.CLIENT_PRESENCE, "anna", ClientLeaving.newBuilder().setClientId("anna")
                        .setReason("over").build());
                producer.send(Topics.DECISION, "run-1", new RunRefused("run-1", "no"));
            }

            // When
            RunRecord run;
            CompletableFuture<String> left = new CompletableFuture<>();
            try (RunWatcher watcher = new RunWatcher(kafka, entry -> {
                if (entry.event() instanceof ClientLeaving leaving) {
                    left.complete(leaving.getClientId());
                }
            })) {
                run = watcher.watch("run-1", new CompletableFuture<>());
            }

            // Then
            assertThat(run.refused()).map(RunRefused::getReason).contains("no");
            assertThat(left).isCompletedWithValue("anna");
        }
    }

    private static void stranger(EmbeddedKafka broker, byte[] value) throws ExecutionException, InterruptedException {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> stranger =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            stranger.send(new ProducerRecord<>(Topics.CLIENT_PRESENCE.name(), "x".getBytes(StandardCharsets.UTF_8),
                    value)).get();
        }
    }
}
