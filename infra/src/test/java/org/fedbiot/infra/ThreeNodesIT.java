package org.fedbiot.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.RunCancelRequested;
import org.fedbiot.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class ThreeNodesIT {

    @TempDir
    private Path directory;

    @Test
    void shouldLoseNothingWithOneOfThreeSecuredNodes() throws Exception {
        // Given three nodes, where every topic has three copies and a write needs two
        Secret operators = Secret.random();
        BrokerSecurity security = BrokerSecurity.passwords(Map.of("operator", operators), "operator");
        List<BrokerOptions> nodes = Quorum.onFreePorts(3).stream()
                .map(seat -> new BrokerOptions(directory.resolve("node-" + seat.nodeId()), 0).in(seat)
                        .secured(security))
                .toList();
        List<EmbeddedKafka> cluster = new ArrayList<>(EmbeddedKafka.startAll(nodes));
        try {
            KafkaSettings settings = new KafkaSettings(cluster.stream().map(EmbeddedKafka::bootstrapServers)
                    .collect(Collectors.joining(",")), "mock://three-nodes", Login.password("operator", operators));
            try (Admin admin = Admin.create(settings.admin())) {
                TopicCreation.createMissing(admin, nodes.get(0).quorum().orElseThrow().replication());
                assertThat(admin.describeTopics(List.of(Topics.COMMAND.name())).allTopicNames().get()
                        .get(Topics.COMMAND.name()).partitions()).allSatisfy(partition ->
                                assertThat(partition.replicas()).hasSize(3));
            }

            // When a node goes between two writes
            List<SpecificRecord> sent = List.of(cancel("before"), cancel("after"));
            try (EventProducer producer = new EventProducer(settings, "writer")) {
                producer.send(Topics.COMMAND, "before", sent.get(0)).get();
                cluster.remove(0).close();
                producer.send(Topics.COMMAND, "after", sent.get(1)).get();
            }

            // Then both are read
            assertThat(valuesOf(settings)).isEqualTo(sent);
        } finally {
            cluster.forEach(EmbeddedKafka::close);
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

    private static RunCancelRequested cancel(String runId) {
        return RunCancelRequested.newBuilder().setRunId(runId).setReason("enough").build();
    }
}
