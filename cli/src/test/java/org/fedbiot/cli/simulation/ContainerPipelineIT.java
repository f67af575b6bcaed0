package org.fedbiot.cli.simulation;

import java.nio.file.Path;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.KafkaSettings;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;

/** On Kafka's own image; skipped where no Docker engine answers. */
@Testcontainers(disabledWithoutDocker = true)
class ContainerPipelineIT extends PipelineContract {

    @Container
    private static final KafkaContainer BROKER = new KafkaContainer("apache/kafka-native:4.3.1");

    private EmbeddedRegistry registry;

    @Override
    KafkaSettings start(Path directory) {
        registry = EmbeddedRegistry.start(BROKER.getBootstrapServers(), 0);
        return new KafkaSettings(BROKER.getBootstrapServers(), registry.url());
    }

    @Override
    void stop() {
        registry.close();
    }
}
