package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.yammer.metrics.core.MetricName;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.RestSchemaRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedKafkaIT {

    @TempDir
    private Path directory;

    @Test
    void shouldKeepRecordsAndSchemaIdsOverRestarts() {
        List<SpecificRecord> sent = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();

        for (int start = 0; start < 3; start++) {
            // Given a node on the same directory, on whatever port
            try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
                    EmbeddedRegistry registry = EmbeddedRegistry.start(kafka.bootstrapServers(), 0)) {
                KafkaSettings settings = new KafkaSettings(kafka.bootstrapServers(), registry.url());
                createTopics(settings);

                // When one more event is written
                RunCancelRequested event = cancel("run-" + start);
                sent.add(event);
                try (EventProducer producer = new EventProducer(settings, "writer")) {
                    producer.send(Topics.COMMAND, event.getRunId(), event);
                }

                // Then all events so far are read, and the schema has the id it always had
                assertThat(valuesOf(settings)).isEqualTo(sent);
                ids.add(RestSchemaRegistry.of(Map.of("schema.registry.url", registry.url()))
                        .lookUp(Topics.COMMAND.name() + "-" + RunCancelRequested.SCHEMA$.getFullName(),
                                RunCancelRequested.SCHEMA$));
            }
        }
        assertThat(ids).hasSize(3).containsOnly(ids.get(0));
    }

    @Test
    void shouldLeaveNothingOfABrokerInTheProcessThatIsDown() {
        // Given
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
            assertThat(metrics()).as("of %s", kafka.bootstrapServers()).anyMatch(this::isOfThisBroker);
        }

        // When it is down, then the registry of the process, which would keep all of it, has none of its own
        assertThat(metrics()).noneMatch(this::isOfThisBroker);
    }

    private boolean isOfThisBroker(String metric) {
        return metric.contains(directory.toString());
    }

    private static List<String> metrics() {
        return KafkaYammerMetrics.defaultRegistry().allMetrics().keySet().stream().map(MetricName::getMBeanName)
                .toList();
    }

    @Test
    void shouldNameThePortThatIsInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedKafka.start(directory, other.getLocalPort()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("port " + other.getLocalPort())
                    .hasMessageNotContaining("\n");
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void shouldRefuseTheDirectoryOfARunningBroker() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
            assertThatThrownBy(() -> EmbeddedKafka.start(directory, 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(directory.toString());
            assertThat(kafka.bootstrapServers()).startsWith("127.0.0.1:");
        }
    }

    private static List<SpecificRecord> valuesOf(KafkaSettings settings) {
        List<SpecificRecord> values = new ArrayList<>();
        try (EventReader reader = new EventReader(settings, "reader", Topics.COMMAND)) {
            while (!reader.atEnd()) {
                reader.poll(Duration.ofSeconds(1)).stream().map(ConsumerRecord::value).forEach(values::add);
            }
        }
        return values;
    }

    private static void createTopics(KafkaSettings settings) {
        Properties admin = settings.admin();
        try (Admin client = Admin.create(admin)) {
            TopicCreation.createMissing(client, (short) 1);
        }
    }

    private static RunCancelRequested cancel(String runId) {
        return RunCancelRequested.newBuilder().setRunId(runId).setReason("enough").build();
    }
}
