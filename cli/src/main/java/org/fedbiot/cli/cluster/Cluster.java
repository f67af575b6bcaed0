package org.fedbiot.cli.cluster;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.cli.UserError;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;

/** A cluster that a command reads or writes: one that runs elsewhere, or a run's own broker, up for this command. */
public final class Cluster implements AutoCloseable {

    private final KafkaSettings kafka;
    private final Optional<EmbeddedKafka> broker;
    private final Optional<EmbeddedRegistry> registry;

    private Cluster(KafkaSettings kafka, Optional<EmbeddedKafka> broker, Optional<EmbeddedRegistry> registry) {
        this.kafka = kafka;
        this.broker = broker;
        this.registry = registry;
    }

    static Cluster running(KafkaSettings kafka) {
        return new Cluster(kafka, Optional.empty(), Optional.empty());
    }

    /**
     * Starts broker and registry on what an earlier one left.
     *
     * @param directory of the broker
     * @throws UserError if another broker runs there, or it does not start
     */
    static Cluster embedded(Path directory) {
        EmbeddedKafka broker;
        try {
            broker = EmbeddedKafka.start(directory, 0);
        } catch (IllegalStateException e) {
            throw new UserError(e.getMessage(), e);
        }
        try {
            EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
            return new Cluster(new KafkaSettings(broker.bootstrapServers(), registry.url()), Optional.of(broker),
                    Optional.of(registry));
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    /**
     * As {@link #embedded}, with the catalogue's topics made where they are missing.
     *
     * @throws UserError if the topics that are there are others
     */
    static Cluster made(Path directory) {
        Cluster cluster = embedded(directory);
        try (Admin admin = Admin.create(cluster.kafka().admin())) {
            TopicCreation.createMissing(admin, (short) 1);
            return cluster;
        } catch (IllegalStateException e) {
            cluster.close();
            throw new UserError(e.getMessage(), e);
        }
    }

    public KafkaSettings kafka() {
        return kafka;
    }

    /** Whether broker and registry were started for this command, and nothing else runs on them. */
    public boolean isOwn() {
        return broker.isPresent();
    }

    /** Stops what was started for the command; a cluster that runs elsewhere runs on. */
    @Override
    public void close() {
        try {
            registry.ifPresent(EmbeddedRegistry::close);
        } finally {
            broker.ifPresent(EmbeddedKafka::close);
        }
    }
}
