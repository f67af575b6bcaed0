package org.fedbiot.benchmarks.aggregation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;

/** Broker and registry in this process, the aggregator in its own. */
final class Cluster implements AutoCloseable {

    private final EmbeddedKafka kafka;
    private final EmbeddedRegistry registry;
    private final KafkaSettings settings;
    private final AggregatorJvm aggregator;

    /**
     * @param jvm options of the aggregator's JVM
     * @param overrides of the aggregator's Kafka settings
     */
    Cluster(Path directory, int threads, List<String> jvm, Map<String, String> overrides) throws IOException {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        registry = EmbeddedRegistry.start(kafka.bootstrapServers(), 0);
        settings = new KafkaSettings(kafka.bootstrapServers(), registry.url(),
                // All of a round's updates are put into one transaction, so that they appear at one instant.
                Map.of("producer.transaction.timeout.ms", "900000"));
        try (Admin admin = Admin.create(settings.admin())) {
            TopicCreation.createMissing(admin, (short) 1);
        }
        aggregator = new AggregatorJvm(settings, directory.resolve("streams"), threads, jvm, overrides);
    }

    KafkaSettings settings() {
        return settings;
    }

    AggregatorJvm aggregator() {
        return aggregator;
    }

    /** Bytes that all changelogs of the aggregator have on the broker's disk. */
    long changelogBytes() throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(settings.admin())) {
            return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
                    .flatMap(directories -> directories.values().stream())
                    .flatMap(directory -> directory.replicaInfos().entrySet().stream())
                    .filter(replica -> replica.getKey().topic().endsWith("-changelog"))
                    .mapToLong(replica -> replica.getValue().size())
                    .sum();
        }
    }

    @Override
    public void close() throws IOException {
        aggregator.close();
        registry.close();
        kafka.close();
    }
}
