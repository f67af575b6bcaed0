package org.fedbiot.infra;

import java.nio.file.Path;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;

/** Broker, registry and all topics, for one test class. */
record OneMachine(EmbeddedKafka kafka, EmbeddedRegistry registry, KafkaSettings settings) implements AutoCloseable {

    static OneMachine start(Path directory) {
        EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
        EmbeddedRegistry registry = EmbeddedRegistry.start(kafka.bootstrapServers(), 0);
        KafkaSettings settings = new KafkaSettings(kafka.bootstrapServers(), registry.url());
        try (Admin admin = Admin.create(settings.admin())) {
            TopicCreation.createMissing(admin, (short) 1);
        }
        return new OneMachine(kafka, registry, settings);
    }

    @Override
    public void close() {
        registry.close();
        kafka.close();
    }
}
